"""What stands in the review inbox: messages that deserve a look, and groups of similar ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# Why a message deserves a look; a message may have several.
Reason = Literal["unsure", "refused", "corrected", "not_helped", "gave_up"]
REASONS: tuple[Reason, ...] = ("corrected", "not_helped", "unsure", "refused", "gave_up")
Decision = Literal[
    "example", "new_situation", "article_missing", "out_of_scope", "personal_data", "later"
]
DECISIONS: tuple[Decision, ...] = (
    "example", "new_situation", "article_missing", "out_of_scope", "personal_data", "later"
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A message of somebody's, masked, with how it was understood and what was decided.

    `taken_for` is the situation whose guide was open after it; `labelled` the one that an agent
    named. `version` counts the decisions (0: none yet): whoever decides says which they saw.
    """

    message: str
    conversation: str
    text: str
    at: datetime
    reasons: tuple[Reason, ...]
    intent: str = ""
    confidence: float = 0.0
    understanding: str = ""
    candidates: tuple[str, ...] = ()
    taken_for: str | None = None
    labelled: str | None = None
    decision: Decision | None = None
    situation: str | None = None
    by: str | None = None
    decided_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True)
class Group:
    """Similar messages, the newest first.

    `words` tell what they are about; `nearest` is the situation that they resemble most, if any;
    `recent` and `before` are how many came in the last seven days and in the seven before those.
    """

    key: str
    words: tuple[str, ...]
    typical: str
    nearest: str | None
    count: int
    people: int
    recent: int
    before: int
    newest: datetime
    reasons: tuple[tuple[Reason, int], ...]
    items: tuple[Item, ...]

    @property
    def name(self) -> str:
        """Return the telling words as a heading; the text itself where there are none."""
        return " · ".join(self.words) or self.typical

    @property
    def trend(self) -> Literal["new", "rising", "falling", "steady"]:
        """Return how the last seven days compare with the seven before."""
        if self.recent and self.recent == self.count:
            return "new"
        if self.recent > 1.5 * self.before:
            return "rising"
        return "falling" if self.before > 1.5 * self.recent else "steady"
