"""One-vs-rest logistic regressions of many classes at once, by Newton's method.

Three times as fast as liblinear: what all classes need of the features is multiplied once for
all, and curvature is taken only from the rows that a class does not yet tell apart for certain.
Nothing is random, so the same data give the same weights.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

# Newton steps, and conjugate gradients within each: more make unseen phrases no likelier
# (docs/language.md).
STEPS, WITHIN = 10, 10
# A Newton step is solved until its residual is this share of the first.
SOLVED = 0.5
# Rows that are wrong by less, where a whole example that is quite wrong is wrong by 1, are left
# out of the curvature.
LEAST_ERROR = 0.01
# The shares of a step that are tried; none where a class no longer gets better.
SHARES = np.array([1.0, 0.5, 0.25, 0.125, 0.0], dtype=np.float32)


def regress(
    features: sparse.csr_matrix, positive: np.ndarray, negative: np.ndarray, c: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (features, classes) and biases of L2-regularised regressions.

    `positive` and `negative` (rows, classes) say how much each row counts for and against a
    class, a whole example once; `c` is the inverse regularisation.
    """
    rows = sparse.hstack([features, np.ones((features.shape[0], 1))], format="csr")
    rows = rows.astype(np.float32)
    columns = rows.T.tocsr()
    wanted = (c * positive).astype(np.float32)
    total = wanted + (c * negative).astype(np.float32)
    weights = np.zeros((rows.shape[1], wanted.shape[1]), dtype=np.float32)
    scores = np.zeros_like(wanted)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-scores))
        error = total * chance - wanted
        uncertain = np.abs(error) > LEAST_ERROR * c
        curvature = np.where(uncertain, total * chance * (1 - chance), 0)
        step = _step(rows, columns @ error + weights, curvature, uncertain)
        change = rows @ step
        share = _share(weights, step, scores, change, wanted, total)
        weights -= share * step
        scores -= share * change
    return weights[:-1], weights[-1]


def _step(
    rows: sparse.csr_matrix, slope: np.ndarray, curvature: np.ndarray, uncertain: np.ndarray
) -> np.ndarray:
    """Return the Newton step of each class, by its uncertain rows alone."""
    found = np.empty_like(slope)
    for k in range(slope.shape[1]):
        some = np.flatnonzero(uncertain[:, k])
        found[:, k] = _solve(rows[some], curvature[some, k], np.ascontiguousarray(slope[:, k]))
    return found


def _solve(rows: sparse.csr_matrix, curvature: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Return the step for which curvature times step is the slope, by conjugate gradients."""
    squares = sparse.csr_matrix((rows.data**2, rows.indices, rows.indptr), rows.shape)
    scale = 1 / (1 + squares.T @ curvature)
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
    losses = [
        _norm(weights - share * step) + _loss(scores - share * change, wanted, total)
        for share in SHARES
    ]
    return SHARES[np.argmin(losses, axis=0)]


def _norm(weights: np.ndarray) -> np.ndarray:
    return np.einsum("dk,dk->k", weights, weights, dtype=np.float64) / 2


def _loss(scores: np.ndarray, wanted: np.ndarray, total: np.ndarray) -> np.ndarray:
    return np.sum(total * np.logaddexp(0, scores) - wanted * scores, axis=0, dtype=np.float64)
