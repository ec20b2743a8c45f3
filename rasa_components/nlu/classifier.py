"""Rasa's classifier component around the linear text model."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Text, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rasa_components.nlu.linear import LinearTextModel

# What was found in each statement of a message; the decider reads it.
STATEMENTS = "statements"
_NEXT_STATEMENT = re.compile(
    r"(?<=[.!?;])\s+|\n+|,?\s+(?:e tamb[eé]m|al[eé]m disso|outra coisa|fora isso)\b,?\s*", re.I
)
MOST_STATEMENTS = 8
LEAST_WORDS = 3


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True
)
class TfidfIntentClassifier(IntentClassifier, GraphComponent):
    """Word and character TF-IDF with a linear SVM, its margins calibrated by one temperature."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Return none: the features are its own."""
        return []

    @staticmethod
    def required_packages() -> List[Text]:
        """Return the packages that must be installed."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the defaults, pinned so that a new scikit-learn changes nothing."""
        return {"c": 0.5, "random_state": 42, "ranking_length": 12}

    def __init__(
        self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._model = LinearTextModel(float(config["c"]), int(config["random_state"]))

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TfidfIntentClassifier:
        """Return an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
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
        self._model.fit([e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the data as they are: nothing after this learns from its output."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent, ranking and statements of each message."""
        for message in messages:
            text = message.get(TEXT) or ""
            whole, *parts = self._rankings([text, *statements(text)])
            message.set(INTENT, whole[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, whole, add_to_output=True)
            message.set(STATEMENTS, [ranking[:3] for ranking in parts])
        return messages

    def _rankings(self, texts: List[Text]) -> List[List[Dict[Text, Any]]]:
        length = int(self._config["ranking_length"])
        rows = []
        for row in self._model.probabilities(texts):
            order = sorted(range(len(row)), key=lambda i: (-row[i], i))[:length]
            rows.append(
                [{"name": self._model.classes[i], "confidence": float(row[i])} for i in order]
            )
        return rows


def statements(text: Text) -> List[Text]:
    """Return the statements of a message that has more than one long enough to mean something."""
    parts = [p for p in _NEXT_STATEMENT.split(text) if p and len(p.split()) >= LEAST_WORDS]
    return parts[:MOST_STATEMENTS] if len(parts) > 1 else []
