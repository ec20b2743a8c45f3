"""When the team is there: weekly hours, and the days on which it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

_LOOK_AHEAD_DAYS = 370
Span = tuple[time, time]


@dataclass(frozen=True)
class Hours:
    """Weekly hours (by weekday, Monday 0), in a zone; `free` are the days off. Empty: always.

    A span that ends with the day ends at `time.max`.
    """

    week: Mapping[int, tuple[Span, ...]]
    zone: ZoneInfo
    country: str | None = None
    region: str | None = None
    free: frozenset[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """Whether the team is there at `at`."""
        there = at.astimezone(self.zone)
        return not self.week or any(a <= there.time() < b for a, b in self._spans(there.date()))

    def opens(self, at: datetime) -> datetime | None:
        """Return `at` where the team is there, else when it is next; None where it never is."""
        return self.after(at, timedelta(0))

    def after(self, at: datetime, wait: timedelta) -> datetime | None:
        """Return when the team was there for `wait` since `at`; None where it never is."""
        if not self.week:
            return at + wait
        for start, end in self._stretches(at):
            begin = max(at, start)
            if begin + wait < end:
                return begin + wait
            wait -= end - begin
        return None

    def _stretches(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches in which the team is there and that end after `at`, in UTC."""
        first = at.astimezone(self.zone).date()
        for days in range(_LOOK_AHEAD_DAYS):
            day = first + timedelta(days=days)
            for span in self._spans(day):
                start, end = (datetime.combine(day, edge, self.zone) for edge in span)
                if end > at:
                    yield start.astimezone(UTC), end.astimezone(UTC)

    def _spans(self, day: date) -> tuple[Span, ...]:
        return () if self._is_free(day) else self.week.get(day.weekday(), ())

    def _is_free(self, day: date) -> bool:
        if day in self.free:
            return True
        return bool(self.country) and day in _holidays(self.country, self.region, day.year)


@lru_cache(maxsize=16)
def _holidays(country: str | None, region: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country or "", subdiv=region, years=year))
