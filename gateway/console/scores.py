"""What the last measurement says of each situation, and what it says fell, with titles."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.console.naming import Names
from gateway.console.wording import say
from trainer.evaluate.understood import Missed, Understood, understood

RESULTS, GATE, ACCEPTED = "results/evaluation.json", "results/gate.json", "reports/accepted.json"
_INTENT = "intent/"


@dataclass(frozen=True)
class Score:
    """How a situation's measuring phrases are understood; `missed`: phrases, and how."""

    id: str
    title: str
    right: int
    n: int
    missed: tuple[tuple[str, str], ...]
    new: bool
    weak: bool


@dataclass(frozen=True)
class Fall:
    """What fell by more than chance explains; `id` is a situation's, "" for other figures."""

    id: str
    title: str
    how: str
    lost: tuple[str, ...]


def scores(root: Path, names: Names, own: Collection[str]) -> list[Score]:
    """Return the scores of some situations, and of all that are weak; the weakest first."""
    found = understood(read(root / RESULTS), read(root / ACCEPTED))
    some = [one for one in found.values() if one.id in own or one.weak]
    ordered = sorted(some, key=lambda one: (one.right / max(one.n, 1), one.id))
    return [_score(one, names) for one in ordered if one.id in names.situations]


def score_of(root: Path, names: Names, situation: str) -> Score | None:
    """Return the score of one situation; None where it was not measured."""
    found = understood(read(root / RESULTS), read(root / ACCEPTED)).get(situation)
    return _score(found, names) if found else None


def falls(root: Path, names: Names) -> list[Fall]:
    """Return what fell, the situations first."""
    rows: Any = read(root / GATE)
    found = [_fall(row, names) for row in rows] if isinstance(rows, list) else []
    return sorted(found, key=lambda one: not one.id)


def read(path: Path) -> Any:
    """Return what a file of results holds, nothing where it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _score(one: Understood, names: Names) -> Score:
    missed = tuple((miss.text, _how(miss, names)) for miss in one.missed)
    return Score(one.id, names.of(one.id), one.right, one.n, missed, one.new, one.weak)


def _how(miss: Missed, names: Names) -> str:
    return say(f"missed_{miss.way}", title=names.of(miss.taken))


def _fall(row: Mapping[str, Any], names: Names) -> Fall:
    intent = row["key"].removeprefix(_INTENT) if row["key"].startswith(_INTENT) else ""
    title = _title(intent, names) if intent else f"{row['group']}: {row['label']}"
    id = intent if intent in names.situations else ""
    return Fall(id, title, _change(row, bool(intent)), tuple(row["lost"]))


def _title(intent: str, names: Names) -> str:
    return names.of(intent) if names.knows(intent) else say("gone")


def _change(row: Mapping[str, Any], of_intent: bool) -> str:
    if row["new"] is None:
        return say("fell_gone")
    old, new = row["old"]["value"], row["new"]["value"]
    if of_intent:
        n = row["new"]["n"]
        return say("fell_intent", old=round(old * n), new=round(new * n), n=n)
    if row["unit"] == "share":
        return say("fell_share", old=_comma(100 * old, 1), new=_comma(100 * new, 1))
    return say("fell_other", old=_comma(old, 3), new=_comma(new, 3))


def _comma(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")
