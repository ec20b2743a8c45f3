"""Learning curve: how many situations are right first with fewer phrases to learn from."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from trainer.evaluate.heldout import Phrase
from trainer.judging import fitted

FRACTIONS = (0.25, 0.5, 0.75, 1.0)
SEEDS = (1, 2, 3)
MORE = 10
LATE = 0.5  # what more would bring is read off the parts from this one on
PROCESSES = 2
Pair = tuple[str, str]


def subset(
    training: Sequence[Pair], situations: set[str], fraction: float, seed: int
) -> list[Pair]:
    """Return the training phrases with only a part of each situation's, in their order.

    For one seed a smaller part lies within a larger one; other labels stay whole.
    """
    places: dict[str, list[int]] = {}
    for at, (label, _) in enumerate(training):
        places.setdefault(label, []).append(at)
    kept: set[int] = set()
    for label, some in places.items():
        if label in situations:
            some = random.Random(f"{seed} {label}").sample(some, len(some))  # noqa: S311
            some = some[: math.ceil(fraction * len(some))]
        kept.update(some)
    return [training[at] for at in sorted(kept)]


def learning_curve(
    training: Sequence[Pair], phrases: Sequence[Phrase], situations: set[str], show: bool
) -> dict[str, Any]:
    """Return the shares right first overall and of each situation, and what more would bring."""
    parts = [(f, seed) for f in FRACTIONS if f < 1 for seed in SEEDS] + [(1.0, SEEDS[0])]
    jobs = (delayed(_right)(subset(training, situations, *part), phrases) for part in parts)
    found = Parallel(n_jobs=PROCESSES, return_as="generator")(jobs)
    rows = list(tqdm(found, total=len(parts), leave=False, disable=not show))
    right = {
        f: np.array([row for (g, _), row in zip(parts, rows, strict=True) if g == f])
        for f in FRACTIONS
    }
    counts = {s: sum(label == s for label, _ in training) for s in situations}
    return {
        "fractions": list(FRACTIONS),
        "overall": [_spread(right[f]) for f in FRACTIONS],
        "situations": list(_by_situation(right, phrases, counts)),
    }


def _right(training: Sequence[Pair], phrases: Sequence[Phrase]) -> list[bool]:
    model = fitted(training)
    best = model.probabilities([p.text for p in phrases]).argmax(axis=1)
    return [model.classes[i] == p.intent for i, p in zip(best, phrases, strict=True)]


def _spread(right: np.ndarray) -> dict[str, float]:
    shares = right.mean(axis=1)
    return {"share": float(shares.mean()), "low": float(shares.min()), "high": float(shares.max())}


def _by_situation(
    right: dict[float, np.ndarray], phrases: Sequence[Phrase], counts: dict[str, int]
) -> Iterator[dict[str, Any]]:
    for situation in sorted(counts):
        rows = [i for i, p in enumerate(phrases) if p.intent == situation]
        if len(rows) > 1:
            means = np.array([right[f][:, rows].mean(axis=0) for f in FRACTIONS])
            late = [f >= LATE for f in FRACTIONS]
            points, error = gain(means[late], counts[situation] * np.array(FRACTIONS)[late])
            shares = [float(mean) for mean in means.mean(axis=1)]
            row = {"situation": situation, "n": len(rows), "training": counts[situation]}
            yield {**row, "shares": shares, "gain": points, "error": error}


def gain(means: np.ndarray, counts: np.ndarray) -> tuple[float, float]:
    """Return what MORE phrases would bring to a situation, and its standard error, in shares.

    `means` is (sizes, at least two phrases): how often each was right when that many (`counts`,
    the last is what there is) were learnt from. A line is fitted to the share over the logarithm
    of the size, and read off MORE further on. Its slope is linear in the phrases, so its error is
    that of the mean of their own slopes. Small sizes are left out: the curve is steeper there.
    """
    x = np.log(counts) - np.log(counts).mean()
    slopes = x @ means / (x**2).sum()
    ahead = math.log((counts[-1] + MORE) / counts[-1])
    error = slopes.std(ddof=1) / math.sqrt(len(slopes))
    return float(slopes.mean() * ahead), float(error * ahead)
