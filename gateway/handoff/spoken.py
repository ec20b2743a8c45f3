"""Hours and waits as people say them, in Portuguese; the words are those of spoken.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from gateway.handoff.hours import Hours, Span
from gateway.texts import read_texts

SPOKEN_FILE = Path(__file__).with_name("spoken.yml")


@dataclass(frozen=True)
class Spoken:
    """One field per wording; spoken.yml has exactly these names."""

    days: str
    short_days: str
    one_day: str
    two_days: str
    more_days: str
    every_day: str
    spans: str
    whole_day: str
    span: str
    also: str
    between_days: str
    from_hour: str
    from_one: str
    until_hour: str
    until_one: str
    midnight: str
    today: str
    tomorrow: str
    later: str
    when: str
    minute: str
    minutes: str
    hour: str
    hours: str

    def week(self, hours: Hours) -> str:
        """Return when the team is there: "de segunda a sexta, das 8h às 18h"."""
        groups = _alike(hours.week)
        said = [
            self.spans.format(days=self._days(first, last), hours=self._spans(spans))
            for first, last, spans in groups
        ]
        return self.between_days.join(said)

    def opening(self, hours: Hours, at: datetime, opens: datetime) -> str:
        """Return when it opens, as seen from `at`: "amanhã, a partir das 8h"."""
        opens, there = opens.astimezone(hours.zone), at.astimezone(hours.zone)
        days = (opens.date() - there.date()).days
        names = self.days.split(", ")
        later = self.later.format(day=names[opens.weekday()], date=opens)
        day = (self.today, self.tomorrow)[days] if days < 2 else later
        return self.when.format(day=day, start=self._from(opens.time()))

    def duration(self, minutes: int) -> str:
        """Return a wait: "15 minutos", "2 horas"."""
        if minutes % 60:
            return self.minute if minutes == 1 else self.minutes.format(n=minutes)
        n = minutes // 60
        return self.hour if n == 1 else self.hours.format(n=n)

    def _days(self, first: int, last: int) -> str:
        names = self.short_days.split(", ")
        if (first, last) == (0, 6):
            return self.every_day
        if first == last:
            return self.one_day.format(day=names[first])
        form = self.two_days if last == first + 1 else self.more_days
        return form.format(first=names[first], last=names[last])

    def _spans(self, spans: tuple[Span, ...]) -> str:
        if spans == ((time.min, time.max),):
            return self.whole_day
        said = [self.span.format(start=self._from(a), end=self._until(b)) for a, b in spans]
        return self.also.join(said)

    def _from(self, at: time) -> str:
        form = self.from_one if at.hour < 2 else self.from_hour
        return form.format(hour=self._hour(at))

    def _until(self, at: time) -> str:
        form = self.until_one if at.hour < 2 or at == time.max else self.until_hour
        return form.format(hour=self._hour(at))

    def _hour(self, at: time) -> str:
        if at in (time.min, time.max):
            return self.midnight
        return f"{at.hour}h{at.minute:02}" if at.minute else f"{at.hour}h"


def load_spoken(path: Path = SPOKEN_FILE) -> Spoken:
    """Read the words; raise ValueError naming the file and the field that is wrong."""
    return read_texts(path, Spoken)


def _alike(week: Mapping[int, tuple[Span, ...]]) -> list[tuple[int, int, tuple[Span, ...]]]:
    """Return stretches of days with the same hours: first and last day, and those hours."""
    found: list[tuple[int, int, tuple[Span, ...]]] = []
    for day in sorted(week):
        if found and found[-1][1:] == (day - 1, week[day]):
            found[-1] = (found[-1][0], day, week[day])
        else:
            found.append((day, day, week[day]))
    return found
