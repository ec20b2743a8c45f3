"""One walk through one guide by one person, put together from the events of its turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from assistant.dialogue.state import MENU_NOT_FOUND, NO_PERMISSION

# How a walk came out; each has exactly one.
Resolution = Literal["confirmed", "assumed", "returned", "handed_over", "wrong", "left", "open"]
RESOLUTIONS: tuple[Resolution, ...] = (
    "confirmed", "assumed", "returned", "handed_over", "wrong", "left", "open"
)  # fmt: skip
_ENDINGS = frozenset({"solved", "handed_over", "wrong_situation", "stopped", "switched"})
_STUCK = frozenset({MENU_NOT_FOUND, NO_PERMISSION})


@dataclass(frozen=True)
class Event:
    """One thing that happened in a guide: assistant.dialogue.heard.Happening, or `opened`.

    `message` is the id of the message that brought it about, `at` when that was answered.
    """

    message: str
    conversation: str
    at: datetime
    kind: str
    situation: str | None = None
    check: str | None = None
    value: str | None = None


@dataclass
class Run:
    """A walk through a guide, from the message that started it to the last event of it."""

    conversation: str
    situation: str
    message: str
    started: datetime
    last: datetime
    shown: list[str] = field(default_factory=list)
    outcomes: list[Event] = field(default_factory=list)
    articles: dict[str, bool] = field(default_factory=dict)  # by id: whether it was opened
    finished: bool = False
    ending: str | None = None
    solved_by: str | None = None  # check, articles, person
    reopened: bool = False
    came_back: bool = False
    useful: bool | None = None
    stuck: bool = False

    @property
    def check(self) -> str | None:
        """Return where it stands: the check that was shown last."""
        return self.shown[-1] if self.shown else None

    def take(self, event: Event) -> None:
        """Let one more event happen."""
        self.last = event.at
        if event.kind == "solved" and event.value == "person":
            self.solved_by = "person"  # it stays handed over: the guide did not solve it
        elif event.kind in _ENDINGS:
            self.ending = event.kind
            self.solved_by = event.value if event.kind == "solved" else None
        elif event.kind in ("resumed", "reopened"):
            self.ending = self.solved_by = None
            self.reopened = self.reopened or event.kind == "reopened"
        else:
            self._note(event)

    def _note(self, event: Event) -> None:
        if event.kind == "shown" and event.check:
            self._stand_at(event.check)
        elif event.kind == "outcome":
            self.outcomes.append(event)
            self.stuck = event.value in _STUCK
        elif event.kind == "article" and event.value:
            self.articles.setdefault(event.value, False)
        elif event.kind == "opened" and event.value:
            self.articles[event.value] = True
        elif event.kind == "finished":
            self.finished, self.stuck = True, False
        elif event.kind == "feedback":
            self.useful = event.value == "useful"

    def _stand_at(self, check: str) -> None:
        if check in self.shown:
            self.shown.remove(check)
        self.shown.append(check)
        self.stuck = self.finished = False

    def resolution(self, now: datetime, silence: timedelta) -> Resolution:
        """Return how it came out, as of `now`; silence of that length counts as an end."""
        ended: dict[str | None, Resolution] = {
            "wrong_situation": "wrong",
            "handed_over": "handed_over",
            "stopped": "left",
            "switched": "left",
        }
        if self.ending in ended:
            return ended[self.ending]
        if self.came_back or (self.reopened and self.ending is None):
            return "returned"
        if self.ending == "solved":
            return "confirmed"
        if now - self.last < silence:
            return "open"
        return "left" if self.stuck or self.useful is False else "assumed"


def runs_of(events: Iterable[Event], silence: timedelta) -> list[Run]:
    """Return the walks that the events (in order) tell of, by their beginning.

    Events of a guide whose start is not among them are left out. Who starts the same situation
    again within `silence` of the last walk came back.
    """
    runs: list[Run] = []
    newest: dict[tuple[str, str], Run] = {}
    for event in events:
        key = (event.conversation, event.situation or "")
        run = newest.get(key)
        if event.kind == "started" and event.situation:
            if run and event.at - run.last <= silence:
                run.came_back = True
            run = Run(event.conversation, event.situation, event.message, event.at, event.at)
            newest[key] = run
            runs.append(run)
        elif run:
            run.take(event)
    return runs


def in_order(events: Sequence[tuple[Event, int]]) -> list[Event]:
    """Return events by time, and within one message by their number."""
    return [event for event, n in sorted(events, key=lambda pair: (pair[0].at, pair[1]))]
