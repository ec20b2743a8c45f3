"""The trained text model out of models/omni.tar.gz, without Rasa, and the settings it has."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import yaml
from scipy import sparse

from assistant.dialogue.turn import OUT_OF_SCOPE, REPLIES, SMALL_TALK
from rasa_components.nlu.linear import Head, StagedTextModel

_FILES = ("model.json", "model.npz")
_CLASSIFIER, _DECIDER = "TfidfIntentClassifier", "ThreeWayDecider"


@dataclass(frozen=True)
class Settings:
    """What config.yml says: regularisation, how much labels count, thresholds by kind."""

    c: float
    weights: dict[str, float]
    sure: float
    other: float
    talk: float

    def threshold(self, intent: str) -> float:
        """Return the least probability at which an intent is believed without asking."""
        if intent in REPLIES | SMALL_TALK:
            return self.talk
        return self.other if intent == OUT_OF_SCOPE else self.sure


def read_settings(config: Path) -> Settings:
    """Read config.yml; raise KeyError or StopIteration where a setting is missing."""
    pipeline = yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]
    classifier = next(c for c in pipeline if c["name"].endswith(_CLASSIFIER))
    decider = next(c for c in pipeline if c["name"].endswith(_DECIDER))
    thresholds = {key: float(decider[key]) for key in ("sure", "other", "talk")}
    return Settings(float(classifier["c"]), dict(classifier["weights"]), **thresholds)


def load_model(path: Path) -> StagedTextModel:
    """Return the text model of a Rasa model; raise FileNotFoundError or ValueError."""
    with TemporaryDirectory() as folder, tarfile.open(path) as archive:
        for member in archive.getmembers():
            name = Path(member.name).name
            if _CLASSIFIER in member.name and name in _FILES and member.isfile():
                file = archive.extractfile(member)
                assert file is not None
                (Path(folder) / name).write_bytes(file.read())
        if not all((Path(folder) / name).exists() for name in _FILES):
            raise ValueError(f"{path}: {_CLASSIFIER} is not in this model")
        return StagedTextModel(1.0, 1.0, {}).load(Path(folder))


def version_of(path: Path) -> str:
    """Return what tells one model file from another."""
    return sha256(path.read_bytes()).hexdigest()[:16]


class Parts:
    """What the advice needs of the model's inside; nothing else looks there."""

    def __init__(self, model: StagedTextModel) -> None:
        self._model = model
        self.first: Head = model._first
        self.talk: Head = model._talk
        self.groups: dict[str, str] = model._groups
        self.classes = model.classes

    def features(self, texts: list[str]) -> sparse.csr_matrix:
        """Return a row of features for each text."""
        return self._model._features.of(texts)

    def probabilities(self, first: np.ndarray, talk: np.ndarray) -> np.ndarray:
        """Return (rows, classes) from the scores of both stages."""
        top = _softmax(first, self._model._temperature)
        columns: dict[str, Any] = dict(zip(self.first.classes, top.T, strict=True))
        if self.talk.classes:
            among = sum(columns[group] for group in set(self.groups.values()))
            below = _softmax(talk, self._model._temperature) * among[:, None]
            columns.update(zip(self.talk.classes, below.T, strict=True))
        return np.column_stack([columns[self._learnt(name)] for name in self.classes])

    def _learnt(self, label: str) -> str:
        return label if self.talk.classes else self.groups.get(label, label)


def _softmax(scores: np.ndarray, temperature: float) -> np.ndarray:
    raised = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    return raised / raised.sum(axis=1, keepdims=True)
