"""The team's hours: as written, as computed, as said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.handoff.reading_hours import read_hours
from gateway.handoff.spoken import load_spoken

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
SPOKEN = load_spoken()
OFFICE = "seg-sex 08:00-18:00; sáb 09:00-13:00"


def hours(written: str = OFFICE, holidays: str = "BR", free: str = "", zone: str = SAO_PAULO.key):
    return read_hours(written, zone, holidays, free)


def at(text: str, zone: ZoneInfo = SAO_PAULO) -> datetime:
    """Return a time there, in UTC as the store gives it."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def local(time: datetime | None) -> str:
    assert time
    return f"{time.astimezone(SAO_PAULO):%Y-%m-%dT%H:%M}"


# 2026-11-27 is a Friday; 2026-12-25 (a Friday) and 2026-09-07 (a Monday) are holidays.
@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-11-27T12:00", "2026-11-27T12:00"),
        ("2026-11-27T08:00", "2026-11-27T08:00"),
        ("2026-11-27T07:59", "2026-11-27T08:00"),
        ("2026-11-27T18:00", "2026-11-28T09:00"),  # Friday evening: Saturday
        ("2026-11-28T13:00", "2026-11-30T08:00"),  # Saturday afternoon: Monday
        ("2026-11-29T23:59", "2026-11-30T08:00"),
        ("2026-11-30T00:00", "2026-11-30T08:00"),
        ("2026-12-25T10:00", "2026-12-26T09:00"),  # Christmas
        ("2026-12-24T18:30", "2026-12-26T09:00"),
        ("2026-09-05T14:00", "2026-09-08T08:00"),  # a weekend and a holiday after it
        ("2026-12-31T20:00", "2027-01-02T09:00"),  # over New Year
    ],
)
def test_when_it_opens(when: str, opens: str) -> None:
    assert local(hours().opens(at(when))) == opens
    assert hours().is_open(at(when)) is (when == opens)


def test_the_time_is_given_in_utc() -> None:
    opens = hours().opens(at("2026-11-29T12:00"))
    assert opens
    assert opens.utcoffset() == timedelta(0)
    assert opens.hour == 11  # 8 h in São Paulo, which has no summer time any more


@pytest.mark.parametrize("month", [1, 7, 12])
def test_brazil_has_one_time_all_year(month: int) -> None:
    opens = hours(holidays="").opens(at(f"2027-{month:02}-13T06:00"))
    assert opens
    assert opens.hour == 11


@pytest.mark.parametrize(
    ("when", "minutes", "due"),
    [
        ("2026-11-27T12:00", 15, "2026-11-27T12:15"),
        ("2026-11-27T17:55", 15, "2026-11-28T09:10"),  # five minutes today, ten on Saturday
        ("2026-11-27T22:00", 15, "2026-11-28T09:15"),
        ("2026-11-28T12:50", 60, "2026-11-30T08:50"),
        ("2026-11-27T12:00", 600, "2026-11-28T13:00"),
        ("2026-12-24T17:50", 20, "2026-12-26T09:10"),
    ],
)
def test_only_the_teams_own_time_counts(when: str, minutes: int, due: str) -> None:
    found = hours().after(at(when), timedelta(minutes=minutes))
    # Exactly at the end of a day it is the next morning that somebody is there.
    expected = "2026-11-30T08:00" if due.endswith("13:00") else due
    assert local(found) == expected


def test_without_hours_it_is_always_open() -> None:
    night = at("2026-12-25T03:00")
    assert hours("").opens(night) == night
    assert hours("").after(night, timedelta(hours=1)) == night + timedelta(hours=1)


def test_a_night_that_goes_over_midnight() -> None:
    night = hours("seg 22:00-24:00; ter 00:00-06:00", holidays="")
    assert night.is_open(at("2026-11-30T23:59"))
    assert night.is_open(at("2026-12-01T00:00"))
    assert not night.is_open(at("2026-12-01T06:00"))
    assert local(night.after(at("2026-11-30T23:30"), timedelta(hours=1))) == "2026-12-01T00:30"


def test_two_stretches_of_a_day() -> None:
    lunch = hours("seg-sex 08:00-12:00; seg-sex 13:00-18:00")
    assert not lunch.is_open(at("2026-11-27T12:30"))
    assert local(lunch.opens(at("2026-11-27T12:30"))) == "2026-11-27T13:00"


def test_days_off_and_holidays_of_a_state() -> None:
    assert local(hours(free="2026-11-30").opens(at("2026-11-29T12:00"))) == "2026-12-01T08:00"
    revolution = at("2026-07-09T10:00")
    assert hours().is_open(revolution)
    assert not hours(holidays="BR-SP").is_open(revolution)
    assert hours(holidays="").is_open(at("2026-12-25T10:00"))


def test_never_open_is_known() -> None:
    free = ",".join(f"{datetime(2026, 11, 1) + timedelta(days=n):%Y-%m-%d}" for n in range(420))
    assert hours(free=free).opens(at("2026-11-27T12:00")) is None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (OFFICE, "de segunda a sexta, das 8h às 18h; sábado, das 9h às 13h"),
        ("seg-sex 08:30-12:00; seg-sex 13:00-17:45",
         "de segunda a sexta, das 8h30 às 12h e das 13h às 17h45"),
        ("seg-dom 00:00-24:00", "todos os dias, o dia todo"),
        ("sáb 00:00-01:00", "sábado, da meia-noite à 1h"),
        ("ter 14:00-24:00", "terça, das 14h à meia-noite"),
        ("seg-ter 08:00-18:00; qui 08:00-18:00",
         "segunda e terça, das 8h às 18h; quinta, das 8h às 18h"),
    ],
)  # fmt: skip
def test_how_the_hours_are_said(written: str, said: str) -> None:
    assert SPOKEN.week(hours(written)) == said


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-11-27T07:00", "hoje, a partir das 8h"),
        ("2026-11-27T18:30", "amanhã, a partir das 9h"),
        ("2026-11-28T14:00", "segunda-feira, 30/11, a partir das 8h"),
        ("2026-12-24T18:30", "sábado, 26/12, a partir das 9h"),
    ],
)
def test_how_the_opening_is_said(when: str, said: str) -> None:
    opens = hours().opens(at(when))
    assert opens
    assert SPOKEN.opening(hours(), at(when), opens) == said


def test_an_opening_at_one_is_said_in_the_singular() -> None:
    early = hours("sáb 01:00-02:00")
    opens = early.opens(at("2026-11-27T12:00"))
    assert opens
    assert SPOKEN.opening(early, at("2026-11-27T12:00"), opens) == "amanhã, a partir da 1h"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(1, "1 minuto"), (15, "15 minutos"), (60, "1 hora"), (90, "90 minutos"), (120, "2 horas")],
)
def test_how_a_wait_is_said(minutes: int, said: str) -> None:
    assert SPOKEN.duration(minutes) == said


@pytest.mark.parametrize(
    ("written", "variable"),
    [
        (("seg-sex", "", "", ""), "OMNI_DESK_HOURS"),
        (("seg-sex 18:00-08:00", "", "", ""), "OMNI_DESK_HOURS"),
        (("xyz 08:00-18:00", "", "", ""), "OMNI_DESK_HOURS"),
        (("seg 08:00-25:00", "", "", ""), "OMNI_DESK_HOURS"),
        (("sex-seg 08:00-18:00", "", "", ""), "OMNI_DESK_HOURS"),
        (("seg 08:00-12:00; seg 11:00-13:00", "", "", ""), "OMNI_DESK_HOURS"),
        (("", "America/Cidade_Nenhuma", "", ""), "OMNI_DESK_TIMEZONE"),
        (("", "../etc/passwd", "", ""), "OMNI_DESK_TIMEZONE"),
        (("", SAO_PAULO.key, "BR-XX", ""), "OMNI_DESK_HOLIDAYS"),
        (("", SAO_PAULO.key, "ZZ", ""), "OMNI_DESK_HOLIDAYS"),
        (("", SAO_PAULO.key, "BR", "24/12/2026"), "OMNI_DESK_DAYS_OFF"),
    ],
)
def test_what_cannot_be_read_names_its_variable(written: tuple[str, ...], variable: str) -> None:
    text, zone, holidays, free = written
    with pytest.raises(ValueError, match=variable) as fault:
        read_hours(text, zone or SAO_PAULO.key, holidays, free)
    assert "\n" not in str(fault.value)
