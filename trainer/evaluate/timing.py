"""How fast and how large the model is, and whether it comes out the same twice."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rasa_components.nlu.linear import StagedTextModel
from trainer.evaluate.measure import bootstrap, spec_of, verdict
from trainer.judging import fitted

Pair = tuple[str, str]


def two_fits(training: Sequence[Pair], texts: Sequence[str]) -> tuple[list[float], bool]:
    """Return the seconds of two fits on the same data, and whether they answer `texts` equally."""
    runs = [_timed_fit(training) for _ in range(2)]
    return [seconds for _, seconds in runs], equal(runs[0][0], runs[1][0], texts)


def _timed_fit(training: Sequence[Pair]) -> tuple[StagedTextModel, float]:
    start = time.perf_counter()
    model = fitted(training)
    return model, time.perf_counter() - start


def equal(one: StagedTextModel, other: StagedTextModel, texts: Sequence[str]) -> bool:
    """Whether two models give the very same probabilities."""
    if one.classes != other.classes:
        return False
    return np.array_equal(one.probabilities(texts), other.probabilities(texts))


def timings(
    parse_ms: Sequence[float], fit_seconds: Sequence[float], model: Path
) -> Iterator[dict[str, Any]]:
    """Yield the figures of time and size; fits, where there were any, are judged by the slower."""
    for key, quantile in (("parse_median", 0.5), ("parse_p95", 0.95)):
        low, high = bootstrap(parse_ms, lambda some, q=quantile: np.quantile(some, q))
        yield _row(key, len(parse_ms), float(np.quantile(parse_ms, quantile)), low, high)
    if fit_seconds:
        yield _row("fit", len(fit_seconds), max(fit_seconds), min(fit_seconds), max(fit_seconds))
    size = model.stat().st_size / 1e6
    yield _row("size", 1, size, size, size)


def _row(key: str, n: int, value: float, low: float, high: float) -> dict[str, Any]:
    spec = spec_of(key)
    named = {name: spec[name] for name in ("label", "group", "unit")}
    row = {"key": key, **named, "n": n, "value": value, "low": low, "high": high}
    return {**row, **verdict(row, spec)}
