"""The linear text model, free of Rasa: n-grams, margins, one temperature, and its files.

Kept as numpy arrays and JSON: nothing is pickled, and the same data give the same model.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from rasa_components.nlu.normalise import normalise

FOLDS = 5


class LinearTextModel:
    """Classes ranked by calibrated probability. `c` is the SVM's inverse regularisation."""

    def __init__(self, c: float, seed: int) -> None:
        self._c, self._seed = c, seed
        self._vectorizers = [
            TfidfVectorizer(
                ngram_range=(1, 2), token_pattern=r"\w+", sublinear_tf=True, dtype=np.float32
            ),
            TfidfVectorizer(
                analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2,
                dtype=np.float32,
            ),
        ]  # fmt: skip
        self.classes: list[str] = []
        self._weights = np.zeros((0, 0), dtype=np.float32)
        self._bias = np.zeros(0, dtype=np.float32)
        self._temperature = 1.0

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Fit on texts and their labels, at least two labels with `FOLDS` texts each."""
        normalised = [normalise(text) for text in texts]
        counts = [v.fit_transform(normalised) for v in self._vectorizers]
        features, y = sparse.hstack(counts, format="csr"), np.asarray(labels)
        svm = self._svm().fit(features, y)
        self.classes = [str(c) for c in svm.classes_]
        self._weights, self._bias = svm.coef_.astype(np.float32), svm.intercept_.astype(np.float32)
        if len(self.classes) == 2:  # scikit-learn keeps one row for two classes
            self._weights = np.vstack([-self._weights, self._weights])
            self._bias = np.concatenate([-self._bias, self._bias])
        self._temperature = _temperature(self._margins_unseen(features, y), y, self.classes)

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Return an array (texts, classes) of calibrated probabilities."""
        normalised = [normalise(text) for text in texts]
        counts = [v.transform(normalised) for v in self._vectorizers]
        features = sparse.hstack(counts, format="csr")
        return _softmax((features @ self._weights.T + self._bias) / self._temperature)

    def _svm(self) -> LinearSVC:
        return LinearSVC(C=self._c, random_state=self._seed, max_iter=2000)

    def _margins_unseen(self, features: sparse.csr_matrix, y: np.ndarray) -> np.ndarray:
        """Return each text's margins from a model that has not seen it."""
        margins = np.zeros((features.shape[0], len(self.classes)))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=self._seed)
        for fit, unseen in folds.split(features, y):
            got = self._svm().fit(features[fit], y[fit]).decision_function(features[unseen])
            margins[unseen] = got if got.ndim == 2 else np.column_stack([-got, got])
        return margins

    def save(self, folder: Path) -> None:
        """Write the model into `folder`."""
        arrays = {f"idf{i}": v.idf_ for i, v in enumerate(self._vectorizers)}
        np.savez_compressed(
            folder / "model.npz", weights=self._weights, bias=self._bias, **arrays
        )
        words = [{t: int(i) for t, i in v.vocabulary_.items()} for v in self._vectorizers]
        meta = {"classes": self.classes, "temperature": self._temperature, "vocabularies": words}
        (folder / "model.json").write_text(json.dumps(meta), encoding="utf-8")

    def load(self, folder: Path) -> LinearTextModel:
        """Read what `save` wrote; raise OSError or ValueError where it is missing or broken."""
        meta = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "model.npz", allow_pickle=False) as arrays:
            self._weights, self._bias = arrays["weights"], arrays["bias"]
            for i, vectorizer in enumerate(self._vectorizers):
                vectorizer.vocabulary_ = meta["vocabularies"][i]
                vectorizer.idf_ = arrays[f"idf{i}"].astype(np.float32)
        self.classes, self._temperature = meta["classes"], float(meta["temperature"])
        return self


def _temperature(margins: np.ndarray, y: np.ndarray, classes: Sequence[str]) -> float:
    """Return the temperature at which the soft-max of unseen margins is most honest."""
    place = {name: i for i, name in enumerate(classes)}
    right = np.array([place[name] for name in y])

    def loss(log_t: float) -> float:
        chances = _softmax(margins / np.exp(log_t))[np.arange(len(right)), right]
        return float(-np.log(np.maximum(chances, 1e-12)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 2), method="bounded").x))


def _softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
