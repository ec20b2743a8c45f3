"""What one more example would do to a head of the model, without training it anew.

A logistic regression is the sum of its examples, each times a coefficient that its own margin
gives. A new example changes most those near it: so their coefficients and its own are solved for,
exactly (Newton). A sample of the others stands for all of them, each counting as many times as it
stands for others: without them the bias and the commonest features would give way too easily.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from rasa_components.nlu.linear import Head

NEAR, FAR = 150, 850
SEED = 42
ROUNDS = 30
# A class whose score the example would hardly touch is left as it is, in units of C.
LEAST_FORCE = 1e-3


@dataclass(frozen=True)
class Known:
    """The rows that a head was fitted on: features, labels, and what each counts."""

    features: sparse.csr_matrix
    labels: np.ndarray
    shares: np.ndarray
    scores: np.ndarray


def scores_of(head: Head, features: sparse.csr_matrix) -> np.ndarray:
    """Return (rows, classes) before the soft-max."""
    return np.asarray(features @ head.weights + head.bias)


def changed(
    head: Head, known: Known, new: sparse.csr_matrix, label: str, c: float,
    weights: dict[str, float],
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return how weights (features, classes) and bias (classes) change with one row more."""
    near, times = _chosen(known.features, new)
    rows = sparse.vstack([known.features[near], new], format="csr")
    kernel = np.asarray((rows @ rows.T).todense()) + 1.0  # liblinear's bias is one more feature
    scores = np.vstack([known.scores[near], scores_of(head, new)])
    counts = c * np.append(known.shares[near] * times, 1.0)
    labels = np.append(known.labels[near], label)
    moved = np.zeros((len(labels), len(head.classes)))
    for at, name in enumerate(head.classes):
        signs = np.where(labels == name, 1.0, -1.0)
        most = counts * np.where(signs > 0, weights.get(name, 1.0), 1.0)
        if _force(signs[-1], most[-1], scores[-1, at]) >= LEAST_FORCE * c:
            moved[:, at] = _solve(kernel, scores[:, at], signs, most)
    return np.asarray(rows.T @ moved), moved.sum(axis=0)


def _chosen(features: sparse.csr_matrix, new: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest rows and a sample of the others, and how many rows each stands for."""
    order = np.argsort(-np.asarray((features @ new.T).todense()).ravel(), kind="stable")
    near, rest = order[:NEAR], order[NEAR:]
    far = np.random.default_rng(SEED).choice(rest, min(FAR, len(rest)), replace=False)
    times = np.append(np.ones(len(near)), np.full(len(far), len(rest) / max(len(far), 1)))
    return np.append(near, far).astype(int), times


def _force(sign: float, most: float, score: float) -> float:
    return float(most / (1 + np.exp(np.clip(sign * score, -30, 30))))


def _solve(
    kernel: np.ndarray, scores: np.ndarray, signs: np.ndarray, most: np.ndarray
) -> np.ndarray:
    """Return the change of every coefficient; the last row's was 0 before."""
    before = _pull(scores, signs, most)
    before[-1] = 0.0
    moved = np.zeros_like(scores)
    rest = moved - (_pull(scores, signs, most) - before)
    for _ in range(ROUNDS):
        if np.abs(rest).max() < 1e-4:
            break
        share = np.abs(_pull(scores + kernel @ moved, signs, most)) / most
        slope = most * share * (1 - share)
        step = np.linalg.solve(np.eye(len(moved)) + slope[:, None] * kernel, -rest)
        moved, rest = _step(kernel, scores, signs, most, before, moved, step, rest)
    return moved


def _step(
    kernel: np.ndarray, scores: np.ndarray, signs: np.ndarray, most: np.ndarray,
    before: np.ndarray, moved: np.ndarray, step: np.ndarray, rest: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Go as far along `step` as the equations get better; return the place and what is left."""
    length = 1.0
    while True:
        tried = moved + length * step
        left = tried - (_pull(scores + kernel @ tried, signs, most) - before)
        if np.linalg.norm(left) < np.linalg.norm(rest) or length < 1e-3:
            return tried, left
        length /= 2


def _pull(scores: np.ndarray, signs: np.ndarray, most: np.ndarray) -> np.ndarray:
    return signs * most / (1 + np.exp(np.clip(signs * scores, -30, 30)))
