"""What happens as the assistant hands a case over: who hears of it, and what the person is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from gateway.handoff.settings import DeskSettings
from gateway.handoff.texts import DeskTexts
from gateway.store.tables import now
from gateway.store.values import Destination, Opening, Reply

# Returns the place in one sink where a new case goes.
Place = Callable[[int], Destination]


class Openings:
    """Makes openings; without a place that hears of cases nobody is promised anything."""

    def __init__(self, settings: DeskSettings, texts: DeskTexts, places: Sequence[Place]) -> None:
        self._settings = settings
        self._texts = texts
        self._places = places

    def of(self, replies: Sequence[Reply]) -> Opening | None:
        """Return the opening of the case that the assistant's `replies` name, if they do."""
        cases = [
            reply.parts["case"] for reply in replies if isinstance(reply.parts.get("case"), int)
        ]
        return self.opening(cases[-1]) if cases else None

    def opening(self, case: int) -> Opening:
        """Return the opening of a case now."""
        destinations = [place(case) for place in self._places]
        said = [Reply("system", self._expectation(now()))] if destinations else []
        return Opening(case, said, self.due(), destinations)

    def due(self) -> datetime | None:
        """Return when a case that waits from now on is raised; None where nobody would hear."""
        if not self._places:
            return None
        opens = self._settings.hours.opens(now())
        return opens + timedelta(minutes=self._settings.assume_minutes) if opens else None

    def _expectation(self, at: datetime) -> str:
        hours, texts = self._settings.hours, self._texts
        opens = hours.opens(at)
        if opens == at or opens is None:
            return texts.expect_open.format(minutes=self._settings.assume_minutes)
        return texts.expect_closed.format(hours=hours.said, when=hours.when(at, opens))
