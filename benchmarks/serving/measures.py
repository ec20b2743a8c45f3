"""Figures from lists of numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np

PERCENTILES = (50, 95, 99)


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99, and how many values there are."""
    found = {f"p{p}": round(float(np.percentile(values, p)), 1) for p in PERCENTILES}
    return {**found, "n": len(values)}


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return b of the fit value = a * size ** b, by least squares of the logarithms."""
    slope, _ = np.polyfit([math.log(s) for s in sizes], [math.log(v) for v in values], 1)
    return round(float(slope), 2)


def steepest(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return the largest exponent between two neighbouring sizes."""
    pairs = [slice(n, n + 2) for n in range(len(sizes) - 1)]
    return max(exponent(sizes[pair], values[pair]) for pair in pairs)


def middle(rows: Sequence[dict[str, Any]], name: str) -> float:
    """Return the median of one figure over repeats."""
    return round(float(median(row[name] for row in rows)), 2)


def ratio(ours: float, theirs: float) -> float:
    """Return how many times theirs ours is."""
    return round(ours / theirs, 3)
