"""How cost grows, as exponents: over all sizes, and the largest between two neighbouring ones.

A fit over all sizes hides where growth sets in late; the largest one is what is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.serving.measures import exponent, ratio, steepest

Parts = dict[str, Any]
GROWING = ("retrieval", "growth")
# A conversation's first turns cost what they cost; what is judged is what its length adds.
FEWEST_TURNS = 50


def judged(parts: Parts) -> Parts:
    """Return the parts with the exponents of those that grow, and the ratios of the replicas."""
    found = dict(parts)
    for name, figures in parts.items():
        if name in GROWING:
            found[name] = {**figures, **_of(figures["sizes"])}
        elif name == "replicas":
            found[name] = {**figures, "ratios": _ratios(figures["sizes"])}
        elif "session" in figures:
            found[name] = {**figures, "session": _of_session(figures["session"])}
    return found


def _of(rows: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return both exponents by figure; not of figures that are missing, or nothing, anywhere."""
    sizes = [int(size) for size in rows]
    names = [name for name in next(iter(rows.values())) if _is_there(rows, name)]
    values = {name: [row[name] for row in rows.values()] for name in names}
    return {
        "exponents": {name: exponent(sizes, values[name]) for name in names},
        "steepest": {name: steepest(sizes, values[name]) for name in names},
    }


def _ratios(rows: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return what two of each are to one: two sizes are no line that an exponent could fit."""
    one, two = rows["1"], rows["2"]
    return {name: ratio(two[name], one[name]) for name in one if _is_there(rows, name)}


def _is_there(rows: Mapping[str, Mapping[str, float]], name: str) -> bool:
    return all(row.get(name, 0) > 0 for row in rows.values())


def _of_session(session: Parts) -> Parts:
    long = {int(n): ms for n, ms in session["ms_at"].items() if int(n) >= FEWEST_TURNS}
    sizes, values = list(long), list(long.values())
    return {
        **session,
        "exponent": exponent(sizes, values),
        "steepest": steepest(sizes, values),
    }
