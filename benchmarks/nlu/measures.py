"""Figures over guesses: pure functions, shares from 0 to 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

Z95 = 1.959964
BINS = 15
DRAWS, SEED = 1000, 1


@dataclass(frozen=True)
class Figure:
    """A value; with the ends of its 95 % interval where it has one."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Guess:
    """The first label of a message, and how sure the model is of it (0 to 1)."""

    label: str
    confidence: float


def wilson(share: float, total: int) -> Figure:
    """Return a share of `total` with Wilson's interval."""
    middle = share + Z95**2 / (2 * total)
    reach = Z95 * np.sqrt(share * (1 - share) / total + Z95**2 / (4 * total**2))
    least, most = (middle - reach, middle + reach)
    scale = 1 + Z95**2 / total
    return Figure(share, max(0.0, float(least / scale)), min(1.0, float(most / scale)))


def bootstrap(values: Sequence[float]) -> Figure:
    """Return the mean of one value a query with a percentile interval, at a fixed seed."""
    rows = np.asarray(values, dtype=float)
    drawn = np.random.default_rng(SEED).integers(0, len(rows), (DRAWS, len(rows)))
    low, high = np.percentile(rows[drawn].mean(axis=1), [2.5, 97.5])
    return Figure(float(rows.mean()), float(low), float(high))


def right(guesses: Sequence[Guess], labels: Sequence[str]) -> list[bool]:
    """Return for each guess whether it is right."""
    return [guess.label == label for guess, label in zip(guesses, labels, strict=True)]


def macro_f1(guesses: Sequence[Guess], labels: Sequence[str]) -> float:
    """Return the mean F1 over the labels of the test."""
    found = [guess.label for guess in guesses]
    names = sorted(set(labels))
    return float(f1_score(labels, found, labels=names, average="macro", zero_division=0))


def auroc(inside: Sequence[Guess], outside: Sequence[Guess]) -> float:
    """Return how well the confidence keeps in scope and out of scope apart."""
    truth = [1] * len(inside) + [0] * len(outside)
    return float(roc_auc_score(truth, [guess.confidence for guess in (*inside, *outside)]))


def calibration_error(guesses: Sequence[Guess], hits: Sequence[bool]) -> float:
    """Return the expected calibration error over 15 bins of equal width."""
    confidence = np.array([guess.confidence for guess in guesses])
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    error = np.array(hits, dtype=float) - confidence
    return float(sum(abs(error[bins == b].sum()) for b in range(BINS)) / len(error))


def in_scope_and_recall(
    inside: Sequence[Guess], labels: Sequence[str], outside: Sequence[Guess],
    refused: Callable[[Guess], bool],
) -> tuple[float, float]:  # fmt: skip
    """Return in-scope accuracy, where a refusal is wrong, and the share of the rest refused."""
    hits = [h and not refused(g) for g, h in zip(inside, right(inside, labels), strict=True)]
    return float(np.mean(hits)), float(np.mean([refused(guess) for guess in outside]))


def ranks(found: Sequence[Sequence[int]], wanted: Sequence[int]) -> list[int]:
    """Return the place of what was wanted in each list, from 1; 0 where it is missing."""
    pairs = zip(found, wanted, strict=True)
    return [list(f).index(w) + 1 if w in f else 0 for f, w in pairs]
