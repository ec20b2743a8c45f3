"""How alike two phrases are in their letters, whatever else is known: 1 for the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

from assistant.text import fold

# A phrase this close to another of its intent teaches next to nothing.
COPY = 0.85
# Stricter for phrases set apart: what is nearly trained on measures nothing.
COPY_APART = 0.8
# Of the rarest letter groups of the shorter one, a close pair shares this much or more.
SHARED = 0.25
_LETTERS = HashingVectorizer(
    analyzer="char_wb", ngram_range=(4, 4), n_features=2**18, alternate_sign=False, norm="l2"
)


def letters(texts: Sequence[str], folded: bool = False) -> sparse.csr_matrix:
    """Return a row for each text; the product of two rows is their closeness, from 0 to 1."""
    return _LETTERS.transform(texts if folded else [fold(text) for text in texts])


def close_pairs(
    some: sparse.csr_matrix, others: sparse.csr_matrix, least: float
) -> Iterator[tuple[int, int, float]]:
    """Yield (row of some, row of others, closeness) of every pair at least so close.

    Pairs that close share some of their rarest letter groups ("prefix filtering", Chaudhuri et
    al., 2006) and are about as long: only those are compared, less than a thousandth of all. A pair
    that shares too few of them can be missed, about one in a hundred.
    """
    usual = np.asarray((some > 0).sum(axis=0) + (others > 0).sum(axis=0)).ravel()
    rank = np.argsort(np.argsort(usual, kind="stable"))
    rare = _rarest(some, rank, least), _rarest(others, rank, least)
    shared = (rare[0] @ rare[1].T).tocoo()
    fewest = np.minimum(_counts(rare[0])[shared.row], _counts(rare[1])[shared.col])
    ratio = _counts(some)[shared.row] / _counts(others)[shared.col]
    likely = (shared.data >= SHARED * fewest) & (ratio >= least**2) & (ratio <= 1 / least**2)
    rows, columns = shared.row[likely], shared.col[likely]
    closeness = np.asarray(some[rows].multiply(others[columns]).sum(axis=1)).ravel()
    for at in np.flatnonzero(closeness >= least):
        yield int(rows[at]), int(columns[at]), float(closeness[at])


def _counts(matrix: sparse.csr_matrix) -> np.ndarray:
    return np.maximum(np.diff(matrix.indptr), 1)


def _rarest(matrix: sparse.csr_matrix, rank: np.ndarray, least: float) -> sparse.csr_matrix:
    """Keep of each row the rarest entries, until the rest is too short to be as close alone."""
    sizes = np.diff(matrix.indptr)
    rows = np.repeat(np.arange(matrix.shape[0]), sizes)
    order = np.lexsort((rank[matrix.indices], rows))  # rows stay together, their rarest first
    before = np.concatenate([[0.0], np.cumsum(matrix.data[order] ** 2)])
    taken = before[:-1] - np.repeat(before[matrix.indptr[:-1]], sizes)
    kept = order[1 - taken >= least**2 - 1e-9]
    made = (np.ones(len(kept), np.float32), (rows[kept], matrix.indices[kept]))
    return sparse.csr_matrix(made, shape=matrix.shape)
