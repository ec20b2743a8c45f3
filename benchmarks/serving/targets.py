"""What the issue asks for, and whether the figures reach it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

Parts = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """A goal; `value` reads it off the parts, and `note` what else is to be known of it."""

    name: str
    goal: str
    value: Callable[[Parts], float]
    reached: Callable[[float], bool]
    note: Callable[[Parts], str] = lambda _: ""


def table(parts: Parts) -> list[dict[str, Any]]:
    """Return each goal with its value and whether it is reached (None: not measured)."""
    return [_row(target, parts) for target in TARGETS]


def _row(target: Target, parts: Parts) -> dict[str, Any]:
    value = reached = None
    note = ""
    with suppress(KeyError):
        value = target.value(parts)
        reached, note = target.reached(value), target.note(parts)
    row = {"name": target.name, "goal": target.goal, "value": value}
    return {**row, "reached": reached, "note": note}


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


def _steepest(parts: Parts) -> tuple[str, float]:
    """Return the figure that grows most with situations, and its largest exponent."""
    found = parts["growth"]["steepest"]
    name = max(found, key=lambda one: float(found[one]))
    return name, float(found[name])


def _fitted(parts: Parts) -> str:
    name, _ = _steepest(parts)
    return f"{name}; fitted over all sizes {parts['growth']['exponents'][name]}"


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
        "a turn after up to 1,000 others, the largest exponent between neighbouring sizes",
        "at most 1",
        _at("serving-ours", "session", "steepest"),
        lambda v: v <= 1,
        lambda parts: f"fitted over all {parts['serving-ours']['session']['exponent']}",
    ),
    Target(
        "growth with situations, the largest exponent between neighbouring sizes",
        "at most 1",
        lambda parts: _steepest(parts)[1],
        lambda v: v <= 1,
        _fitted,
    ),
)
