"""What the choice of thresholds and the evaluation share: a model, its settings, its verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.dialogue.turn import FALLBACK, OUT_OF_SCOPE, UNSURE
from assistant.settings import ROOT
from rasa_components.nlu.classifier import CONCEPTS, GROUPS, TfidfIntentClassifier, shared
from rasa_components.nlu.decider import Ranking, ThreeWayDecider, decide
from rasa_components.nlu.linear import StagedTextModel
from trainer.phrases import read_torn

# A text, what kind of message it is, and the situations that are acceptable.
Labelled = tuple[str, str, frozenset[str]]
_COMPONENTS = (TfidfIntentClassifier, ThreeWayDecider)


@dataclass(frozen=True)
class Case:
    """A message, the situations that are acceptable (none: out of scope), and its readings."""

    kind: str
    accepted: frozenset[str]
    ranking: Ranking
    statements: tuple[Ranking, ...]

    def judge(self, config: Mapping[str, float]) -> tuple[str, list[str], str]:
        """Return right, wrong, asked or refused, the candidates, and the second problem."""
        found = decide(self.ranking, list(self.statements), dict(config))
        name = found["intent"]["name"]
        verdict = way(name, self.accepted)
        if verdict == "refused":
            return verdict, [], ""
        return verdict, found["candidates"] if verdict == "asked" else [name], found["second"]


def way(name: str, accepted: frozenset[str]) -> str:
    """Return how a problem was taken: right, wrong (a wrong guide opens), asked or refused."""
    if name == UNSURE:
        return "asked"
    if name in GROUPS or name in (OUT_OF_SCOPE, FALLBACK):
        return "refused"
    return "right" if name in accepted else "wrong"


def read_ambiguous(path: Path) -> list[Labelled]:
    """Read a list of `text` and acceptable `situations` from a YAML file."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [(item["text"], "ambiguous", frozenset(item["situations"])) for item in found]


def fitted(phrases: Iterable[tuple[str, str]]) -> StagedTextModel:
    """Return the text model fitted as config.yml sets it.

    It learns the (intent, phrase) pairs, and always the ambiguous phrases of data/.
    """
    config = settings_of("TfidfIntentClassifier")
    lexicon = yaml.safe_load(CONCEPTS.read_text(encoding="utf-8"))
    model = StagedTextModel(config["c"], config["temperature"], lexicon)
    torn = read_torn(ROOT / "data/ambiguous")
    rows = [(text, name, 1.0) for name, text in phrases]
    rows += [row for text, names in torn for row in shared(text, names)]
    texts, names, shares = zip(*rows, strict=True)
    model.fit(texts, names, GROUPS, config["weights"], shares)
    return model


def settings_of(component: str) -> dict[str, Any]:
    """Return the settings of a component of ours: its defaults, then what config.yml says."""
    content = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    said = next(c for c in content["pipeline"] if c["name"].endswith(component))
    defaults = next(c for c in _COMPONENTS if c.__name__ == component).get_default_config()
    return {**defaults, **said}
