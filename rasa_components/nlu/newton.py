"""One-vs-rest logistic regressions of many classes at once, by Newton's method.

Three times as fast as liblinear: what all classes need of the features is multiplied once for
all, and curvature is taken only from the rows that a class does not yet tell apart for certain.
Nothing is random, so the same data give the same weights.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from scipy import sparse

# Newton steps, and conjugate gradients within each: more make unseen phrases no likelier
# (docs/language.md).
STEPS, WITHIN = 7, 10
# A Newton step is solved until its residual is this share of the first.
SOLVED = 0.5
# Rows that are wrong by less, where a whole example that is quite wrong is wrong by 1, are left
# out of the curvature; of a rare class, by less than this share of how frequent it is. Without the
# second the first steps would know of no row against one of 150 classes, and lead nowhere.
LEAST_ERROR, LEAST_SHARE = 0.05, 0.65
# Of so large a share of the rows no copy is made.
MOST_COPIED = 0.8
# The shares of a step that are tried; none where a class no longer gets better.
SHARES = np.array([1.0, 0.5, 0.25, 0.125, 0.0], dtype=np.float32)
# Classes solved at a time, and parts that a product is made in; each for itself, so that the
# weights are the same with any number.
THREADS = 2


def regress(
    features: sparse.csr_matrix, positive: np.ndarray, negative: np.ndarray, c: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (features, classes) and biases of L2-regularised regressions.

    `positive` and `negative` (rows, classes) say how much each row counts for and against a
    class, a whole example once; `c` is the inverse regularisation.
    """
    rows = _with_ones(features.astype(np.float32))
    columns = rows.T.tocsr()
    squares = sparse.csr_matrix((columns.data**2, columns.indices, columns.indptr), columns.shape)
    by_row, by_column, by_square = _parts(rows), _parts(columns), _parts(squares)
    wanted = (c * positive).astype(np.float32)
    total = wanted + (c * negative).astype(np.float32)
    weights = np.zeros((rows.shape[1], wanted.shape[1]), dtype=np.float32)
    weights[-1] = _prior(wanted, total)
    least = c * np.minimum(LEAST_ERROR, LEAST_SHARE / (1 + np.exp(-weights[-1])))
    scores = np.tile(weights[-1], (rows.shape[0], 1))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-scores))
        error = total * chance - wanted
        uncertain = np.abs(error) > least
        curvature = np.where(uncertain, total * chance * (1 - chance), 0)
        scale = 1 / (1 + _product(by_square, curvature))
        slope = _product(by_column, error) + weights
        step = _step(rows, slope, curvature, scale)
        change = _product(by_row, step)
        share = _share(weights, step, scores, change, wanted, total)
        weights -= share * step
        scores -= share * change
    return weights[:-1], weights[-1]


def _with_ones(features: sparse.csr_matrix) -> sparse.csr_matrix:
    """Append a column of ones, whose weight is the bias; scipy's own `hstack` takes six times."""
    height, width = features.shape
    ends = features.indptr[1:]
    data, columns = np.insert(features.data, ends, 1), np.insert(features.indices, ends, width)
    starts = features.indptr + np.arange(height + 1, dtype=features.indptr.dtype)
    return sparse.csr_matrix((data, columns, starts), (height, width + 1))


def _prior(wanted: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return the log-odds of each class without any feature, where its regression starts.

    From 0 the first steps do little but find them, for all rows of all classes.
    """
    share = wanted.sum(axis=0, dtype=np.float64) / total.sum(axis=0, dtype=np.float64)
    share = np.clip(share, 1e-6, 1 - 1e-6)  # a class that every row has
    return np.log(share / (1 - share)).astype(np.float32)


def _parts(matrix: sparse.csr_matrix) -> list[sparse.csr_matrix]:
    """Cut a matrix by rows into parts of about as many entries."""
    cuts = np.searchsorted(matrix.indptr, np.arange(1, THREADS) * matrix.nnz / THREADS)
    ends = [0, *map(int, cuts), matrix.shape[0]]
    return [_rows(matrix, start, end) for start, end in pairwise(ends)]


def _rows(matrix: sparse.csr_matrix, start: int, end: int) -> sparse.csr_matrix:
    """Return some rows of a matrix, in half of the time of a slice."""
    starts = matrix.indptr[start : end + 1]
    entries = slice(starts[0], starts[-1])
    parts = matrix.data[entries], matrix.indices[entries], starts - starts[0]
    return sparse.csr_matrix(parts, (end - start, matrix.shape[1]), copy=False)


def _product(parts: list[sparse.csr_matrix], dense: np.ndarray) -> np.ndarray:
    """Return the product of a matrix in parts and a dense one; scipy leaves the lock meanwhile."""
    with ThreadPoolExecutor(THREADS) as pool:
        return np.vstack(list(pool.map(lambda part: part @ dense, parts)))


def _step(
    rows: sparse.csr_matrix, slope: np.ndarray, curvature: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Return the Newton step of each class, by the rows that have curvature for it."""

    def one(k: int) -> np.ndarray:
        bends, own = curvature[:, k], (np.ascontiguousarray(m[:, k]) for m in (slope, scale))
        some = np.flatnonzero(bends)
        if len(some) > MOST_COPIED * len(bends):
            return _solve(rows, bends, *own)
        return _solve(rows[some], bends[some], *own)

    with ThreadPoolExecutor(THREADS) as pool:
        return np.column_stack(list(pool.map(one, range(slope.shape[1]))))


def _solve(
    rows: sparse.csr_matrix, curvature: np.ndarray, slope: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Return the step for which curvature times step is the slope, by conjugate gradients.

    `scale` is the inverse of the curvature's diagonal.
    """
    step, residual = np.zeros_like(slope), slope.copy()
    direction = scale * residual
    first = size = residual @ direction
    for _ in range(WITHIN):
        if size <= SOLVED**2 * first and size < first or not size:
            break
        bent = direction + rows.T @ (curvature * (rows @ direction))
        along = size / (direction @ bent)
        step += along * direction
        residual -= along * bent
        scaled = scale * residual
        before, size = size, residual @ scaled
        direction = scaled + size / before * direction
    return step


def _share(
    weights: np.ndarray, step: np.ndarray, scores: np.ndarray, change: np.ndarray,
    wanted: np.ndarray, total: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Return for each class the share of its step that lowers its loss most."""
    before, along, size = (
        _products(*pair) for pair in ((weights, weights), (weights, step), (step, step))
    )

    def loss(share: np.float32) -> np.ndarray:
        penalty = (before - 2 * share * along + share**2 * size) / 2
        return penalty + _loss(scores - share * change, wanted, total)

    with ThreadPoolExecutor(THREADS) as pool:
        return SHARES[np.argmin(list(pool.map(loss, SHARES)), axis=0)]


def _products(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.einsum("dk,dk->k", one, other, dtype=np.float64)


def _loss(scores: np.ndarray, wanted: np.ndarray, total: np.ndarray) -> np.ndarray:
    # What logaddexp(0, scores) is, in a third of its time.
    soft = np.log1p(np.exp(-np.abs(scores))) + np.maximum(scores, 0)
    return np.sum(total * soft - wanted * scores, axis=0, dtype=np.float64)
