"""Which messages deserve a look, and why: told from what happened after each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.text import fold
from trainer.figures.runs import Event, runs_of
from trainer.review.items import Reason

# A guide in which nothing happened for so long was given up.
GIVEN_UP = timedelta(hours=2)
# Whoever takes up a guide again after that has begun anew, to the review.
SILENCE = timedelta(hours=72)
_CORRECTING = frozenset({"wrong_situation", "switched", "rejected"})


@dataclass(frozen=True)
class Heard:
    """A message that somebody typed, and how it was understood; `text` as it was written."""

    message: str
    conversation: str
    text: str
    at: datetime
    intent: str
    confidence: float
    understanding: str
    trouble: str | None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Label:
    """What an agent said that somebody's words were about."""

    conversation: str
    text: str
    situation: str


@dataclass(frozen=True)
class Told:
    """What there is of some conversations; `heard` and `events` in order.

    `disliked`: the messages whose answer got a thumb down.
    """

    heard: Sequence[Heard]
    events: Sequence[Event]
    disliked: frozenset[str] = frozenset()
    labels: Sequence[Label] = ()


@dataclass(frozen=True)
class Found:
    """Why a message deserves a look, and which situation came of it or was named for it."""

    reasons: frozenset[Reason]
    taken_for: str | None = None
    labelled: str | None = None


def find_reasons(told: Told, now: datetime) -> dict[str, Found]:
    """Return what deserves a look, by the id of the message."""
    cause = _Causes(told)
    reasons: dict[str, set[Reason]] = defaultdict(set)
    for heard in told.heard:
        if heard.trouble == "unsure" or heard.trouble == "refused":
            reasons[heard.message].add("unsure" if heard.trouble == "unsure" else "refused")
    for message, reason in [*cause.corrected(), *cause.not_helped(), *cause.given_up(now)]:
        reasons[message].add(reason)
    labelled = cause.labelled()
    for message in labelled:
        reasons[message].add("corrected")
    return {
        message: Found(frozenset(found), cause.led_to.get(message), labelled.get(message))
        for message, found in reasons.items()
    }


class _Causes:
    """Which typed message each event goes back to: the words that opened its guide."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._heard = {heard.message: heard for heard in told.heard}
        self.led_to: dict[str, str] = {}
        # By message that brought an event about: the words behind the guide that it is about.
        self._behind: dict[tuple[str, str | None], str] = {}
        self._of_turn: dict[str, str] = {}
        self._walk()

    def _walk(self) -> None:
        """Go through each conversation once, keeping the words that its guides came from."""
        words: dict[str, str] = {}
        opener: dict[tuple[str, str | None], str] = {}
        for message, events in self._turns():
            conversation = events[0].conversation if events else self._heard[message].conversation
            starts = [event for event in events if event.kind == "started"]
            heard = self._heard.get(message)
            if heard and (heard.trouble or starts):
                words[conversation] = message
            for event in events:
                key = (conversation, event.situation)
                if event in starts and conversation in words:
                    opener[key] = words[conversation]
                    self.led_to[words[conversation]] = str(event.situation)
                about = words if event.kind == "rejected" else None
                found = about.get(conversation) if about else opener.get(key)
                if found:
                    self._behind[message, event.situation] = found
                    self._of_turn.setdefault(message, found)

    def _turns(self) -> Iterable[tuple[str, list[Event]]]:
        """Yield each message with its events, oldest first."""
        events: dict[str, list[Event]] = defaultdict(list)
        times = {heard.message: heard.at for heard in self._told.heard}
        for event in self._told.events:
            if event.kind != "opened":
                events[event.message].append(event)
                times.setdefault(event.message, event.at)
        for message in sorted(times, key=lambda one: (times[one], one)):
            yield message, events.get(message, [])

    def corrected(self) -> list[tuple[str, Reason]]:
        """Return the messages whose situation was taken back."""
        return self._because("corrected", _CORRECTING)

    def not_helped(self) -> list[tuple[str, Reason]]:
        """Return the messages whose answer, or whose whole guide, was said not to help."""
        said = [e for e in self._told.events if e.kind == "feedback" and e.value == "not_useful"]
        found = [self._behind.get((event.message, event.situation)) for event in said]
        found += [self._words_of(message) for message in sorted(self._told.disliked)]
        return [(message, "not_helped") for message in found if message]

    def given_up(self, now: datetime) -> list[tuple[str, Reason]]:
        """Return the messages whose guide was left in the middle."""
        left = [
            run
            for run in runs_of(self._told.events, SILENCE)
            if not run.finished
            and (run.ending == "stopped" or (run.ending is None and now - run.last > GIVEN_UP))
        ]
        found = [self._behind.get((run.message, run.situation)) for run in left]
        return [(message, "gave_up") for message in found if message]

    def labelled(self) -> dict[str, str]:
        """Return the situation that an agent named, by message: the newest with those words."""
        by_words = {(h.conversation, fold(h.text)): h.message for h in self._told.heard}
        found = {(one.conversation, fold(one.text)): one.situation for one in self._told.labels}
        return {by_words[key]: situation for key, situation in found.items() if key in by_words}

    def _because(self, reason: Reason, kinds: frozenset[str]) -> list[tuple[str, Reason]]:
        events = [event for event in self._told.events if event.kind in kinds]
        found = [self._behind.get((event.message, event.situation)) for event in events]
        return [(message, reason) for message in found if message]

    def _words_of(self, message: str) -> str | None:
        """Return the words behind a message: itself where it was typed, else its guide's."""
        if message in self._heard:
            return message
        return self._of_turn.get(message)
