"""What a conversation remembers. Each field of `State` is a Rasa slot of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

# What a check showed. None: shown, not yet answered.
RESOLVED = "resolved"
NOT_RESOLVED = "not_resolved"
ALREADY_TRIED = "already_tried"
MENU_NOT_FOUND = "menu_not_found"
NO_PERMISSION = "no_permission"
SKIPPED = "skipped"
ANSWERED = "answered"  # a question without an action: the answer says it all


@dataclass
class Record:
    """One check that was shown or skipped: what it showed, by which answer, and when (ISO)."""

    situation: str
    check: str
    at: str
    outcome: str | None = None
    answer: str = ""
    shown: bool = False


@dataclass
class Option:
    """One choice that was offered, and the reply meanings that choose it as well."""

    id: str
    label: str
    replies: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    more: bool = False


@dataclass
class Pending:
    """The question that is open. `serial` tells its buttons from those of older questions."""

    kind: str
    serial: int
    options: list[Option] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    response: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def option(self, option_id: str) -> Option | None:
        """Return the option of that id, or None."""
        return next((o for o in self.options if o.id == option_id), None)


@dataclass
class Parked:
    """A guide left open, or (without a check) a problem named but not begun."""

    situation: str
    check: str | None
    words: str = ""


@dataclass
class State:
    """Everything that is remembered between two turns."""

    situation: str | None = None
    check: str | None = None
    records: list[Record] = field(default_factory=list)
    pending: Pending | None = None
    parked: list[Parked] = field(default_factory=list)
    user_words: str = ""
    confidence: float = 0.0
    candidates: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    shown_articles: list[str] = field(default_factory=list)
    facts: dict[str, list[str]] = field(default_factory=dict)
    is_admin: bool | None = None
    solved: Parked | None = None
    case: dict[str, Any] | None = None
    feedback: dict[str, Any] | None = None
    misses: int = 0
    serial: int = 0
    last_turn_at: str = ""

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> State:
        """Read the state from slot values; a slot that is unset keeps the field's default."""
        known = {f.name: slots[f.name] for f in fields(cls) if slots.get(f.name) is not None}
        state = cls(**known)
        state.records = [Record(**r) for r in known.get("records", [])]
        state.parked = [Parked(**p) for p in known.get("parked", [])]
        if solved := known.get("solved"):
            state.solved = Parked(**solved)
        if raw := known.get("pending"):
            state.pending = Pending(**{**raw, "options": [Option(**o) for o in raw["options"]]})
        return state

    def to_slots(self) -> dict[str, Any]:
        """Return the slot values, plain JSON."""
        return asdict(self)

    def open_records(self) -> list[Record]:
        """Return the records of the guide that is open, oldest first."""
        return [r for r in self.records if r.situation == self.situation]

    def record_of(self, check_id: str) -> Record | None:
        """Return the newest record of a check of the open guide, or None."""
        return next((r for r in reversed(self.open_records()) if r.check == check_id), None)

    def close_guide(self) -> None:
        """Leave the guide; its records stay for the sheet and the figures."""
        self.situation = self.check = self.pending = None
        self.misses = 0
