"""What happens as the assistant hands a case over: who hears of it, and what the person is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from gateway.handoff.settings import DeskSettings
from gateway.handoff.spoken import load_spoken
from gateway.handoff.texts import DeskTexts
from gateway.store.tables import now
from gateway.store.values import Destination, Holder, Opening, Reply

# Returns the place in one sink where a new case goes.
Place = Callable[[int], Destination]
# The sinks from which somebody can assume a case and answer.
ANSWERING = frozenset({"slack", "teams"})
# Reminders come at growing distance, up to this many minutes of the team's hours.
LONGEST_MINUTES = 24 * 60
_MOST_DOUBLINGS = 12


class Openings:
    """Makes openings; without a place that hears of cases nobody is promised anything."""

    def __init__(
        self,
        settings: DeskSettings,
        texts: DeskTexts,
        places: Sequence[Place],
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._settings = settings
        self._texts = texts
        self._places = places
        self._clock = clock
        self._spoken = load_spoken()

    def of(self, replies: Sequence[Reply]) -> Opening | None:
        """Return the opening of the case that the assistant's `replies` name, if they do."""
        cases = [
            reply.parts["case"] for reply in replies if isinstance(reply.parts.get("case"), int)
        ]
        return self.opening(cases[-1]) if cases else None

    def opening(self, case: int) -> Opening:
        """Return the opening of a case now."""
        destinations = [place(case) for place in self._places]
        answered = _can_answer(destinations)
        said = [Reply("system", self._expectation(answered))] if destinations else []
        due_at = self._due("waiting", 0) if answered else None
        continues = self._texts.continues.format(number=case)
        return Opening(case, said, due_at, destinations, continues)

    def due(self, state: Holder = "waiting", raised: int = 0) -> datetime | None:
        """Return when a case in `state` from now on, `raised` so often already, is to be raised.

        None where nobody could assume it, or where nobody is expected to do anything.
        """
        answered = _can_answer([place(0) for place in self._places])
        return self._due(state, raised) if answered else None

    def _due(self, state: Holder, raised: int) -> datetime | None:
        minutes = {
            "waiting": self._settings.assume_minutes,
            "person": self._settings.answer_minutes,
        }.get(state)
        if minutes is None:
            return None
        longest = max(minutes, LONGEST_MINUTES)
        wait = min(minutes * 2 ** min(raised, _MOST_DOUBLINGS), longest)
        return self._settings.hours.after(self._clock(), timedelta(minutes=wait))

    def _expectation(self, answered: bool) -> str:
        hours, texts, at = self._settings.hours, self._texts, self._clock()
        opens = hours.opens(at)
        if not answered or opens is None:
            return texts.expect_elsewhere
        if opens == at:
            wait = self._spoken.duration(self._settings.assume_minutes)
            return texts.expect_open.format(wait=wait)
        when = self._spoken.opening(hours, at, opens)
        return texts.expect_closed.format(hours=self._spoken.week(hours), when=when)


def _can_answer(destinations: Sequence[Destination]) -> bool:
    return any(destination.sink in ANSWERING for destination in destinations)
