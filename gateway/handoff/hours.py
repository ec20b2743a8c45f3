"""When the team is there: weekly hours, and the days on which it is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

DAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")
_DAY_NAMES = (
    "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado",
    "domingo",
)  # fmt: skip
_SPAN = re.compile(r"(\w{3})(?:-(\w{3}))?\s+(\d{1,2}:\d{2})-(\d{1,2}:\d{2})")
_LOOK_AHEAD_DAYS = 60
Span = tuple[time, time]


@dataclass(frozen=True)
class Hours:
    """Weekly hours (by weekday, Monday 0), in a zone; `free` are the days off. Empty: always."""

    week: Mapping[int, tuple[Span, ...]]
    zone: ZoneInfo
    said: str = ""
    country: str | None = None
    region: str | None = None
    free: frozenset[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """Whether the team is there at `at`."""
        there = at.astimezone(self.zone)
        return not self.week or any(a <= there.time() < b for a, b in self._spans(there.date()))

    def opens(self, at: datetime) -> datetime | None:
        """Return `at` where the team is there, else when it is next; None where it never is."""
        if self.is_open(at):
            return at
        there = at.astimezone(self.zone)
        for days in range(_LOOK_AHEAD_DAYS):
            day = there.date() + timedelta(days=days)
            for start, _ in self._spans(day):
                found = datetime.combine(day, start, self.zone)
                if found > there:
                    return found
        return None

    def when(self, at: datetime, opens: datetime) -> str:
        """Return when it opens as a person says it, seen from `at`."""
        opens, there = opens.astimezone(self.zone), at.astimezone(self.zone)
        days = (opens.date() - there.date()).days
        if days < 2:
            day = "hoje" if days == 0 else "amanhã"
        else:
            day = f"{_DAY_NAMES[opens.weekday()]}, {opens:%d/%m}"
        return f"{day}, a partir das {_spoken(opens.time())}"

    def _spans(self, day: date) -> tuple[Span, ...]:
        return () if self._is_free(day) else self.week.get(day.weekday(), ())

    def _is_free(self, day: date) -> bool:
        if day in self.free:
            return True
        if self.country is None:
            return False
        return day in holidays.country_holidays(self.country, subdiv=self.region, years=day.year)


def read_hours(hours: str, zone: str, region: str, free: str) -> Hours:
    """Read hours such as "seg-sex 08:00-18:00; sáb 09:00-13:00" and days off.

    `region` is "BR" or "BR-SP", or empty for no holidays; `free` holds dates with commas
    (2026-12-24). Raises ValueError naming the variable.
    """
    country, _, state = region.partition("-")
    return Hours(
        week=_week(hours),
        zone=_zone(zone),
        said=hours.strip(),
        country=_country(country, state),
        region=state or None,
        free=frozenset(_date(item) for item in free.split(",") if item.strip()),
    )


def _week(hours: str) -> dict[int, tuple[Span, ...]]:
    week: dict[int, tuple[Span, ...]] = {}
    for item in (part.strip() for part in hours.split(";") if part.strip()):
        found = _SPAN.fullmatch(item)
        if not found:
            raise ValueError(
                f"OMNI_DESK_HOURS: {item!r} não é um horário; escreva como seg-sex 08:00-18:00"
            )
        first, last, start, end = found.groups()
        span = (_time(start), _time(end))
        if span[0] >= span[1]:
            raise ValueError(f"OMNI_DESK_HOURS: {item!r} termina antes de começar")
        for day in range(_day(first), _day(last or first) + 1):
            week[day] = (*week.get(day, ()), span)
    return {day: tuple(sorted(spans)) for day, spans in week.items()}


def _day(name: str) -> int:
    names = {day: number for number, day in enumerate(DAYS)} | {"sab": 5}
    if name.lower() not in names:
        raise ValueError(f"OMNI_DESK_HOURS: {name!r} não é um dia ({', '.join(DAYS)})")
    return names[name.lower()]


def _time(text: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    if (hour, minute) == (24, 0):
        return time.max
    if hour > 23 or minute > 59:
        raise ValueError(f"OMNI_DESK_HOURS: {text!r} não é uma hora")
    return time(hour, minute)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"OMNI_DESK_TIMEZONE: {name!r} não é um fuso (America/Sao_Paulo)"
        ) from None


def _country(country: str, state: str) -> str | None:
    if not country:
        return None
    try:
        holidays.country_holidays(country, subdiv=state or None)
    except NotImplementedError:
        wrong = f"{country}-{state}" if state else country
        raise ValueError(f"OMNI_DESK_HOLIDAYS: {wrong!r} não é conhecido (BR, BR-SP)") from None
    return country


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"OMNI_DESK_DAYS_OFF: {text!r} não é uma data (2026-12-24)") from None


def _spoken(at: time) -> str:
    return f"{at.hour}h{at.minute:02}" if at.minute else f"{at.hour}h"
