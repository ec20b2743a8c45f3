"""Hours as they are written in the settings: "seg-sex 08:00-18:00; sáb 09:00-13:00"."""

from __future__ import annotations

import re
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from gateway.handoff.hours import Hours, Span

DAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")
_NUMBERS = {day: number for number, day in enumerate(DAYS)} | {"sab": 5}
_SPAN = re.compile(r"(\w{3})(?:\s*-\s*(\w{3}))?\s+(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")


def read_hours(hours: str, zone: str, region: str, free: str) -> Hours:
    """Read hours and days off; raise ValueError naming the variable.

    `region` is "BR" or "BR-SP", or empty for no holidays; `free` holds dates with commas
    (2026-12-24).
    """
    country, _, state = region.strip().partition("-")
    return Hours(
        week=_week(hours),
        zone=_zone(zone),
        country=_country(country, state),
        region=state or None,
        free=frozenset(_date(item) for item in free.split(",") if item.strip()),
    )


def _week(hours: str) -> dict[int, tuple[Span, ...]]:
    week: dict[int, list[Span]] = {}
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
        for day in _days(item, first, last or first):
            week.setdefault(day, []).append(span)
    return {day: _apart(DAYS[day], sorted(spans)) for day, spans in week.items()}


def _days(item: str, first: str, last: str) -> range:
    days = range(_day(first), _day(last) + 1)
    if not days:
        raise ValueError(f"OMNI_DESK_HOURS: {item!r}: comece a semana na segunda (seg)")
    return days


def _apart(day: str, spans: list[Span]) -> tuple[Span, ...]:
    for (_, end), (start, _) in zip(spans, spans[1:], strict=False):
        if start < end:
            raise ValueError(f"OMNI_DESK_HOURS: dois horários de {day} se sobrepõem")
    return tuple(spans)


def _day(name: str) -> int:
    if name.lower() not in _NUMBERS:
        raise ValueError(f"OMNI_DESK_HOURS: {name!r} não é um dia ({', '.join(DAYS)})")
    return _NUMBERS[name.lower()]


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
