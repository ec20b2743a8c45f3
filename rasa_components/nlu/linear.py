"""The text model, free of Rasa: features, two logistic regressions, and its files.

The first tells situations, out of scope and the kinds of talk apart; the second, which never
sees a situation, tells the talk apart. Kept as numpy arrays and JSON: nothing is pickled, and
the same data give the same model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from scipy import sparse

from rasa_components.nlu.features import Concepts, Features
from rasa_components.nlu.newton import regress

# Classes whose numbers of examples differ by less are taken for equally frequent as they are.
EVEN = 1.25
# How many times the logarithm of what is missing: with few examples the penalty on weights keeps
# a class down besides, which the frequencies alone (1) do not make up for (docs/language.md).
LIFT = 1.5


class Head:
    """One-vs-rest logistic regressions over features, as one matrix; soft-max of their scores."""

    def __init__(self, c: float) -> None:
        self._c = c
        self.classes: list[str] = []
        self.weights = np.zeros((0, 0), dtype=np.float32)
        self.bias = np.zeros(0, dtype=np.float32)
        self._examples = np.zeros(0)

    def fit(
        self, features: sparse.csr_matrix, labels: Sequence[str], weights: Mapping[str, float],
        shares: sparse.csr_matrix,
    ) -> None:  # fmt: skip
        """Fit on rows of features; `shares` (rows, labels) says how much of each label is a row's.

        Where a label is what is learnt, it counts `weights` times, or once.
        """
        self.classes = sorted(set(labels))
        of_class = np.asarray(labels)[:, None] == np.asarray(self.classes)
        counts = np.array([weights.get(name, 1.0) for name in self.classes])
        wanted, other = shares @ (of_class * counts), shares @ (~of_class).astype(float)
        matrix, bias = regress(features, wanted, other, self._c)
        # Half precision moves no probability by a thousandth, and halves the file.
        self.weights = np.ascontiguousarray(matrix.astype(np.float16).astype(np.float32))
        self.bias = bias
        self._examples = np.asarray((shares @ of_class).sum(axis=0)).ravel()

    def lift_rare(self) -> None:
        """Take classes of far fewer examples than the middle one for nearly as frequent as that.

        How many phrases were written says nothing of how often people will have the problem: a
        new situation's 30 phrases are else hardly believed beside 900 of each other
        (docs/language.md). The correction of the bias is that of King and Zeng (2001).
        """
        missing = np.maximum(np.median(self._examples) / (EVEN * self._examples), 1)
        self.bias = self.bias + (LIFT * np.log(missing)).astype(self.bias.dtype)

    def probabilities(self, features: sparse.csr_matrix, temperature: float) -> np.ndarray:
        """Return an array (rows, classes) that sums to 1 in each row."""
        scores = (features @ self.weights + self.bias) / temperature
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        return raised / raised.sum(axis=1, keepdims=True)


class StagedTextModel:
    """Ranks every label by probability: P(label) = P(group) x P(label | group).

    `groups` maps a label to its group; a label without one is a class of the first stage itself.
    `c` is the inverse regularisation, `temperature` a measured correction (see docs/language.md).
    """

    def __init__(self, c: float, temperature: float, lexicon: Mapping[str, Concepts]) -> None:
        self._temperature = temperature
        self._features = Features(lexicon)
        self._first, self._talk = Head(c), Head(c)
        self._groups: dict[str, str] = {}
        self.classes: list[str] = []

    def fit(
        self, texts: Sequence[str], labels: Sequence[str], groups: Mapping[str, str],
        weights: Mapping[str, float] = MappingProxyType({}),
        shares: Sequence[float] | None = None,
    ) -> None:  # fmt: skip
        """Fit both stages; the second only where at least two labels have a group.

        A label or group counts `weights` times. A text that an expert could not place stands
        once for each of its labels, with `shares` that add up to one.
        """
        once = list(dict.fromkeys(texts))
        features, parts = self._features.fit(once), _parts(texts, once, shares)
        self._groups = {label: groups[label] for label in sorted(set(labels)) if label in groups}
        names = [self._groups.get(label, label) for label in labels]
        self._first.fit(features, names, weights, parts)
        self._first.lift_rare()
        talk = [i for i, label in enumerate(labels) if label in self._groups]
        if len(self._groups) > 1:
            among = parts[:, talk]
            rows = np.flatnonzero(np.diff(among.indptr))
            self._talk.fit(features[rows], [labels[i] for i in talk], weights, among[rows])
        self.classes = sorted(set(labels))

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Return an array (texts, classes) of probabilities."""
        features = self._features.of(texts)
        first = self._first.probabilities(features, self._temperature)
        columns = dict(zip(self._first.classes, first.T, strict=True))
        if self._talk.classes:
            talk = self._talk.probabilities(features, self._temperature)
            among = sum(columns[group] for group in set(self._groups.values()))
            columns.update(zip(self._talk.classes, (talk * among[:, None]).T, strict=True))
        return np.column_stack([columns[self._as_learnt(name)] for name in self.classes])

    def knows(self, text: str) -> bool:
        """Whether any word of `text` was seen in training."""
        return self._features.knows(text)

    def _as_learnt(self, label: str) -> str:
        """A lone grouped label was learnt under the name of its group."""
        return label if self._talk.classes else self._groups.get(label, label)

    def save(self, folder: Path) -> None:
        """Write the model into `folder`."""
        arrays = {"bias": self._first.bias, "talk_bias": self._talk.bias}
        arrays["weights"] = self._first.weights.astype(np.float16)
        arrays["talk_weights"] = self._talk.weights.astype(np.float16)
        np.savez_compressed(folder / "model.npz", **arrays, **self._features.arrays())
        meta = {
            "classes": self.classes, "groups": self._groups, "temperature": self._temperature,
            "first": self._first.classes, "talk": self._talk.classes,
            "lexicon": self._features.lexicon, "vocabularies": self._features.vocabularies(),
            "common": self._features.common_words(),
        }  # fmt: skip
        (folder / "model.json").write_text(json.dumps(meta), encoding="utf-8")

    def load(self, folder: Path) -> StagedTextModel:
        """Read what `save` wrote; raise OSError, KeyError or ValueError where it is broken."""
        meta = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        self._features = Features(meta["lexicon"])
        with np.load(folder / "model.npz", allow_pickle=False) as arrays:
            self._features.restore(meta["vocabularies"], meta["common"], arrays)
            self._first.weights = arrays["weights"].astype(np.float32)
            self._talk.weights = arrays["talk_weights"].astype(np.float32)
            self._first.bias, self._talk.bias = arrays["bias"], arrays["talk_bias"]
        self._first.classes, self._talk.classes = meta["first"], meta["talk"]
        self.classes, self._groups = meta["classes"], meta["groups"]
        self._temperature = float(meta["temperature"])
        return self


def _parts(
    texts: Sequence[str], once: Sequence[str], shares: Sequence[float] | None
) -> sparse.csr_matrix:
    """Return (texts once, texts): the share of an example that each text with its label is."""
    place = {text: at for at, text in enumerate(once)}
    rows, columns = [place[text] for text in texts], range(len(texts))
    counts = np.ones(len(texts)) if shares is None else np.asarray(shares, dtype=float)
    return sparse.csr_matrix((counts, (rows, columns)), shape=(len(once), len(texts)))
