"""The nearest training phrases by character n-grams: a hint to the trainer, and a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from assistant.text import fold


class Neighbours:
    """Training phrases (intent, phrase), compared by the cosine of TF-IDF of characters 3-5."""

    def __init__(self, phrases: Sequence[tuple[str, str]]) -> None:
        self._phrases = list(phrases)
        self._vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        self._known = self._vectors.fit_transform([fold(text) for _, text in self._phrases])
        self._labels = np.asarray([label for label, _ in self._phrases])

    def nearest(self, text: str, label: str, most: int) -> list[dict[str, Any]]:
        """Return the phrases of `label` nearest to `text`: `text` and `cosine`, best first."""
        rows = np.flatnonzero(self._labels == label)
        if not len(rows):
            return []
        cosines = (self._known[rows] @ self._vectors.transform([fold(text)]).T).toarray().ravel()
        best = np.argsort(-cosines, kind="stable")[:most]
        return [
            {"text": self._phrases[rows[i]][1], "cosine": round(float(cosines[i]), 2)} for i in best
        ]

    def labels(self, texts: Sequence[str]) -> list[str]:
        """Return the intent of the phrase nearest to each text."""
        cosines = self._vectors.transform([fold(text) for text in texts]) @ self._known.T
        return [str(self._labels[row.toarray().argmax()]) for row in cosines]
