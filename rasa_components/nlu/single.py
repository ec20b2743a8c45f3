"""The features of one text, as scikit-learn's vectorisers have them to the last bit.

Per message scikit-learn and scipy spend most of their time on checking matrices of a single row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer


class OneText:
    """Transforms single texts with fitted blocks of TF-IDF (sublinear, L2), side by side."""

    def __init__(self, blocks: Sequence[TfidfVectorizer], shares: Sequence[float]) -> None:
        self._blocks = [(block.analyzer, block.vocabulary_, _idf(block)) for block in blocks]
        self._shares = shares
        sizes = [len(vocabulary) for _, vocabulary, _ in self._blocks]
        self._begins = [sum(sizes[:at]) for at in range(len(sizes))]
        self._width = sum(sizes)

    def features(self, text: str) -> sparse.csr_matrix:
        """Return the row of a text."""
        columns, values = [], []
        for (analyzer, vocabulary, idf), share, begin in zip(
            self._blocks, self._shares, self._begins, strict=True
        ):
            counts = Counter(vocabulary[t] for t in analyzer(text) if t in vocabulary)
            places = np.array(sorted(counts), dtype=np.int32)
            values.append(_weighed(counts, places, idf) * share)
            columns.append(places + np.int32(begin))
        found, data = np.concatenate(columns), np.concatenate(values)
        ends = np.array([0, len(found)], dtype=np.int32)
        return sparse.csr_matrix((data, found, ends), shape=(1, self._width))


def _idf(block: TfidfVectorizer) -> np.ndarray:
    # In Rasa's scikit-learn `block.idf_` is a sum over a matrix at every call, and may be of
    # another type; in the gateway's newer one it is what is kept.
    kept = getattr(block._tfidf, "_idf_diag", None)
    return np.asarray(block.idf_ if kept is None else kept.diagonal())


def _weighed(counts: Counter[int], places: np.ndarray, idf: np.ndarray) -> np.ndarray:
    frequency = np.array([counts[place] for place in places.tolist()], dtype=np.float32)
    values = (np.log(frequency) + np.float32(1)) * idf[places]
    # scipy's product has the row from its end, and its squares are added up one by one.
    squares = (values[::-1] * values[::-1]).astype(np.float64)
    length = np.sqrt(squares.cumsum()[-1]) if len(values) else 0.0
    return (values / length).astype(values.dtype) if length else values
