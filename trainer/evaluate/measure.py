"""A figure: values of phrases, their share or mean with a 95 % interval, and the target."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy import stats

SPECS = Path(__file__).with_name("figures.yml")
SEED = 42
RESAMPLES = 2000
# The worse end of an interval may lie this far beyond the target.
SLACK = 0.02
Interval = tuple[float, float]


@dataclass(frozen=True)
class Measure:
    """The value that each phrase has for a figure: 1 or 0 of a share, else any number.

    `key` is a figure of figures.yml, with "/part" where it is given for a part. Sorted by text,
    so that the order of the files does not matter when two runs are compared.
    """

    key: str
    texts: tuple[str, ...]
    values: tuple[float, ...]

    @property
    def value(self) -> float:
        """Return the share or mean; 0 without phrases."""
        return float(np.mean(self.values)) if self.values else 0.0


def measure(key: str, rows: Iterable[tuple[str, float]]) -> Measure:
    """Return the measure of (text, value) rows."""
    ordered = sorted((text, float(value)) for text, value in rows)
    return Measure(key, tuple(t for t, _ in ordered), tuple(v for _, v in ordered))


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the Wilson interval of a share; the whole range where there is nothing."""
    if n == 0:
        return 0.0, 1.0
    found = stats.binomtest(successes, n).proportion_ci(confidence, method="wilson")
    return float(found.low), float(found.high)


def bootstrap(values: Sequence[float], of: Callable[..., Any] = np.mean) -> Interval:
    """Return the 95 % percentile interval of a statistic over resampled values, seeded."""
    if len(set(values)) < 2:
        only = float(of(np.asarray(values))) if values else 0.0
        return only, only
    found = stats.bootstrap(
        (np.asarray(values),), of, n_resamples=RESAMPLES, method="percentile",
        random_state=SEED, vectorized=False,
    )  # fmt: skip
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


@lru_cache(maxsize=1)
def specs() -> dict[str, dict[str, Any]]:
    """Return what figures.yml says of each figure, its group's title with it, in order."""
    groups = yaml.safe_load(SPECS.read_text(encoding="utf-8"))["groups"]
    return {
        key: {"group": group["title"], "target": None, "better": None, **spec}
        for group in groups
        for key, spec in group["figures"].items()
    }


def order(key: str) -> int:
    """Return the place of a figure, or of the figure that it is a part of, in figures.yml."""
    return list(specs()).index(key.partition("/")[0])


def spec_of(key: str) -> dict[str, Any]:
    """Return what figures.yml says of a figure or of a part of one; KeyError where nothing."""
    base, _, part = key.partition("/")
    spec = dict(specs()[base])
    if part:
        name = spec.get("parts", {}).get(part, part.replace(".", ","))
        spec["label"] = f"{spec['label']}: {name}" if spec["label"] else name
    return spec


def figure(found: Measure) -> dict[str, Any]:
    """Return a measure with its interval, target and verdicts, as it is written to JSON.

    A figure without phrases keeps no verdict. `values` is a string of 0 and 1 for shares.
    """
    spec = spec_of(found.key)
    n, unit = len(found.values), spec["unit"]
    share = unit == "share"
    low, high = wilson(round(sum(found.values)), n) if share else bootstrap(found.values)
    row = {
        "key": found.key, "label": spec["label"], "group": spec["group"], "unit": unit,
        "n": n, "value": found.value, "low": low, "high": high,
        "phrases": fingerprint(found.texts),
        "values": bits(found.values) if share else [round(v, 4) for v in found.values],
    }  # fmt: skip
    return {**row, **verdict(row, spec)}


def verdict(row: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """Return the target, whether it is met, and whether the interval holds within two points."""
    target, better = spec["target"], spec["better"]
    if target is None or not row["n"]:
        return {"target": None, "better": better, "met": None, "holds": None}
    if better == "high":
        met, holds = row["value"] >= target, row["low"] >= target - SLACK
    else:
        met, holds = row["value"] <= target, row["high"] <= target + SLACK
    return {"target": target, "better": better, "met": bool(met), "holds": bool(holds)}


def fingerprint(texts: Sequence[str]) -> str:
    """Return a short hash of phrases in their order."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def bits(values: Sequence[float]) -> str:
    """Return values of 0 and 1 as a string."""
    return "".join(str(int(value)) for value in values)
