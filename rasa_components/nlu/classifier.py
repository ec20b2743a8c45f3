"""Rasa's classifier component around the linear text model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Dict, List, Tuple, Type

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_RANKING_KEY,
    METADATA,
    METADATA_EXAMPLE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.dialogue.turn import OUT_OF_SCOPE, REPLIES, SMALL_TALK
from rasa_components.nlu.linear import StagedTextModel

CONCEPTS = Path(__file__).with_name("concepts.yml")
REPLY_GROUP, SMALL_TALK_GROUP = "_reply", "_small_talk"
GROUPS = {
    **dict.fromkeys(REPLIES, REPLY_GROUP),
    **dict.fromkeys(SMALL_TALK, SMALL_TALK_GROUP),
}

# What was found in each statement of a message; the decider reads it.
STATEMENTS = "statements"
_NEXT_STATEMENT = re.compile(
    r"(?<=[.!?;])\s+|\n+|,?\s+(?:e tamb[eé]m|al[eé]m disso|outra coisa|fora isso)\b,?\s*"
    r"|,?\s+e\s+(?=(?:os?|as?|nossos?|nossas?)\s)",
    re.I,
)
MOST_STATEMENTS = 8
# The share that is believed of what letters without a known word resemble.
BELIEVED = 0.25
LEAST_WORDS = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TfidfIntentClassifier(IntentClassifier, GraphComponent):
    """Words, characters and concepts, two stages of logistic regression (see docs/language.md)."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Return none: the features are its own."""
        return []

    @staticmethod
    def required_packages() -> List[str]:
        """Return the packages that must be installed."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the defaults; config.yml holds what was chosen."""
        return {
            "c": 20.0,
            "temperature": 1.0,
            # How much an example counts. A wrong guide is worse than a question; and the core
            # makes up for the context where a reply is expected.
            "weights": {OUT_OF_SCOPE: 2.5, REPLY_GROUP: 0.2, SMALL_TALK_GROUP: 0.25},
            "ranking_length": 12,
        }

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """Return a hash of what the model is made by, so that Rasa's cache holds no older one.

        Rasa itself looks at the data, the settings and this class only.
        """
        files = sorted(p for p in CONCEPTS.parent.iterdir() if p.suffix in (".py", ".yml"))
        return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()

    def __init__(self, config: Dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._model = StagedTextModel(
            float(config["c"]),
            float(config["temperature"]),
            yaml.safe_load(CONCEPTS.read_text(encoding="utf-8")),
        )

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TfidfIntentClassifier:
        """Return an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TfidfIntentClassifier:
        """Return the trained component; a missing or broken file is an error, never a guess."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model.load(folder)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example that has a text and an intent."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        rows = [row for e in examples for row in shared(e.get(TEXT), [e.get(INTENT), *_also(e)])]
        texts, labels, shares = zip(*rows, strict=True)
        self._model.fit(texts, labels, GROUPS, self._config["weights"], shares)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the data as they are: nothing after this learns from its output."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent, ranking and statements of each message."""
        length = int(self._config["ranking_length"])
        for message in messages:
            text = message.get(TEXT) or ""
            whole, *parts = ranked(self._model, [text, *statements(text)], length)
            message.set(INTENT, whole[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, whole, add_to_output=True)
            message.set(STATEMENTS, [ranking[:3] for ranking in parts])
        return messages


def _also(example: Message) -> Sequence[str]:
    """Return the other intents that an ambiguous example could have (its metadata's `also`)."""
    metadata = (example.get(METADATA) or {}).get(METADATA_EXAMPLE) or {}
    return tuple(metadata.get("also", ()))


def shared(text: str, labels: Sequence[str]) -> List[Tuple[str, str, float]]:
    """Return a row for each label of a text, which counts as one example in all."""
    return [(text, label, 1 / len(labels)) for label in labels]


def ranked(
    model: StagedTextModel, texts: Sequence[str], length: int = 12
) -> List[List[Dict[str, Any]]]:
    """Return the ranking of each text; see `_ranking` for what it holds.

    Letters without a known word ("fjdksla") are not out of scope, but not understood.
    """
    found = [_ranking(model.classes, row, length) for row in model.probabilities(texts)]
    return [
        ranking if model.knows(text) else _by_letters(ranking)
        for text, ranking in zip(texts, found, strict=True)
    ]


def _by_letters(ranking: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Return a ranking that letters alone gave: nothing is out of scope, and little is believed."""
    return [
        {**guess, "confidence": guess["confidence"] * BELIEVED}
        for guess in ranking
        if guess["name"] != OUT_OF_SCOPE
    ]


def _ranking(classes: List[str], row: Any, length: int) -> List[Dict[str, Any]]:
    """Return the best `length` classes, and always the best few of each kind, best first.

    Where a question is open only the replies count, however unlikely they are beside a situation.
    """
    order = sorted(range(len(row)), key=lambda i: (-row[i], i))
    kept = set(order[:length])
    for kind, most in (("situation", 3), (REPLY_GROUP, 3), (SMALL_TALK_GROUP, 1)):
        kept.update([i for i in order if _kind(classes[i]) == kind][:most])
    return [{"name": classes[i], "confidence": float(row[i])} for i in order if i in kept]


def _kind(name: str) -> str:
    return GROUPS.get(name, name if name == OUT_OF_SCOPE else "situation")


def statements(text: str) -> List[str]:
    """Return the statements of a message that has more than one long enough to mean something."""
    parts = [p for p in _NEXT_STATEMENT.split(text) if p and len(p.split()) >= LEAST_WORDS]
    return parts[:MOST_STATEMENTS] if len(parts) > 1 else []
