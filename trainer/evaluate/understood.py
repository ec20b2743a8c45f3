"""How well each situation is understood, by name: what a trainer looks at before publishing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Below this share of its measuring phrases, a situation is published only knowingly.
LEAST_UNDERSTOOD = 0.75
_KEY = "intent/"


@dataclass(frozen=True)
class Missed:
    """A measuring phrase that is not understood: asked, refused or wrong, and for what."""

    text: str
    way: str
    taken: str


@dataclass(frozen=True)
class Understood:
    """A situation's measuring phrases; `new`: the reference does not know it."""

    id: str
    right: int
    n: int
    missed: tuple[Missed, ...]
    new: bool

    @property
    def weak(self) -> bool:
        """Whether too few of them are understood."""
        return self.right < LEAST_UNDERSTOOD * self.n


def understood(
    evaluation: Mapping[str, Any], accepted: Mapping[str, Any] | None
) -> dict[str, Understood]:
    """Return every situation that was measured, by its id."""
    known = {row["intent"] for row in evaluation.get("table", ()) if row["kind"] == "situation"}
    scores = (accepted or {}).get("scores", {})
    rows = {row["key"].removeprefix(_KEY): row for row in evaluation.get("intents", ())}
    return {id: _one(id, row, bool(scores) and f"{_KEY}{id}" not in scores)
            for id, row in rows.items() if id in known}  # fmt: skip


def _one(id: str, row: Mapping[str, Any], new: bool) -> Understood:
    missed = tuple(Missed(**one) for one in row.get("missed", ()))
    return Understood(id, row["values"].count("1"), row["n"], missed, new)
