"""What the issue asks for, and whether the figures reach it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Parts = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """A goal; `value` reads it off the parts, None where they were not measured."""

    name: str
    goal: str
    value: Callable[[Parts], float | None]
    reached: Callable[[float], bool]


def table(parts: Parts) -> list[dict[str, Any]]:
    """Return each goal with its value and whether it is reached (None: not measured)."""
    rows = []
    for target in TARGETS:
        try:
            value = target.value(parts)
        except KeyError:
            value = None
        reached = None if value is None else target.reached(value)
        rows.append({"name": target.name, "goal": target.goal, "value": value, "reached": reached})
    return rows


def _against(part: str, *path: str) -> Callable[[Parts], float]:
    def value(parts: Parts) -> float:
        mine, theirs = parts[f"{part}-ours"], parts[f"{part}-rasa"]
        for name in path:
            mine, theirs = mine[name], theirs[name]
        return round(float(mine) / float(theirs), 3)

    return value


def _at(*path: str) -> Callable[[Parts], float]:
    def value(parts: Parts) -> float:
        found: Any = parts
        for name in path:
            found = found[name]
        return float(found)

    return value


def _latest(parts: Parts) -> float:
    return max(float(v) for v in parts["growth"]["exponents"].values())


TARGETS = (
    Target(
        "p50, one conversation, ratio to Rasa's recommended pipeline",
        "at most 0.4",
        _against("serving", "latency", "1", "p50"),
        lambda v: v <= 0.4,
    ),
    Target(
        "highest steady rate, ratio",
        "at least 4",
        _against("serving", "steady", "highest"),
        lambda v: v >= 4,
    ),
    Target(
        "cold start, ratio",
        "at most 0.35",
        _against("serving", "cold_start", "seconds"),
        lambda v: v <= 0.35,
    ),
    Target(
        "memory after load, ratio (all processes)",
        "at most 0.5",
        _against("serving", "memory", "after_load", "all"),
        lambda v: v <= 0.5,
    ),
    Target(
        "training on the same phrases, processor time, ratio",
        "at most 0.1",
        _against("train", "cpu"),
        lambda v: v <= 0.1,
    ),
    Target(
        "what the gateway adds at the median, ms",
        "at most 5",
        _at("serving-ours", "gateway_adds", "adds"),
        lambda v: v <= 5,
    ),
    Target(
        "search among 6,900 articles, ms",
        "at most 10",
        _at("retrieval", "sizes", "6900", "search_ms"),
        lambda v: v <= 10,
    ),
    Target(
        "a turn after up to 1,000 others, exponent",
        "at most 1",
        _at("serving-ours", "session", "exponent"),
        lambda v: v <= 1,
    ),
    Target(
        "growth with situations, the largest exponent of the sizes measured",
        "at most 1",
        _latest,
        lambda v: v <= 1,
    ),
)
