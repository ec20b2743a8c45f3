"""Cases by the clock: hours, reminders, who does not answer. Nobody sleeps: the clock is set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from desk_support import ANA, RUI, FakeOutlet, handing_over, place, settled, use_outlet
from fake_rasa import FakeRasa
from fastapi import FastAPI
from visitor import Visitor

from assistant.cases import CaseStore
from gateway.app import create_app
from gateway.handoff.jobs import DeskJobs
from gateway.handoff.opening import Openings
from gateway.handoff.reading_hours import read_hours
from gateway.handoff.settings import DeskSettings
from gateway.handoff.spoken import load_spoken
from gateway.handoff.texts import load_desk_texts
from gateway.settings import Settings
from gateway.store.handoffs import Handoffs
from gateway.team import Team

TEXTS = load_desk_texts()
NOON = datetime(2026, 11, 27, 15, tzinfo=UTC)  # a Friday, 12 h in São Paulo
OFFICE = read_hours("seg-sex 08:00-18:00", "America/Sao_Paulo", "BR", "")


class Clock:
    """A time that a test sets."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def local(self, text: str) -> None:
        zone = ZoneInfo("America/Sao_Paulo")
        self.at = datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.fixture
def outlet(monkeypatch: pytest.MonkeyPatch) -> FakeOutlet:
    return use_outlet(monkeypatch)


@pytest.fixture
def rasa(outlet: FakeOutlet, settings: Settings) -> FakeRasa:
    return FakeRasa(answer=handing_over(CaseStore(settings.access.cases_url)))


@pytest.fixture
def desk(app: FastAPI) -> Team:
    found: Team = app.state.services.team
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, desk=DeskSettings(hours=OFFICE, answer_minutes=10))


@pytest.fixture
async def app(
    settings: Settings, rasa: FakeRasa, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FastAPI]:
    def openings(settings: Settings) -> Openings:
        return Openings(settings.desk, TEXTS, [place], clock)

    monkeypatch.setattr("gateway.services.build_openings", openings)
    monkeypatch.setattr(DeskJobs, "start", lambda _: None)
    made = create_app(settings, rasa.transport())
    async with made.router.lifespan_context(made):
        yield made


async def raise_at(desk: Team, clock: Clock, text: str) -> None:
    clock.local(text)
    await desk.desk.raise_due(clock())


async def due_of(app: FastAPI) -> str:
    found = await Handoffs(app.state.services.store.database).find(1)
    assert found
    assert found.due_at
    return f"{found.due_at.astimezone(ZoneInfo('America/Sao_Paulo')):%a %H:%M}"


async def test_nobody_assumes(ana: Visitor, desk: Team, app: FastAPI, clock: Clock) -> None:
    await ana.say("quero uma pessoa")
    before = len(await ana.history())
    await raise_at(desk, clock, "2026-11-27T12:14")
    assert len(await ana.history()) == before
    dues = []
    for when in ("2026-11-27T12:15", "2026-11-27T12:45", "2026-11-27T13:45",
                 "2026-11-27T15:45", "2026-11-30T09:45"):  # fmt: skip
        await raise_at(desk, clock, when)
        dues.append(await due_of(app))
    # Half an hour, one, two, four (over the weekend: 2 h 15 min on Friday), eight.
    assert dues == ["Fri 12:45", "Fri 13:45", "Fri 15:45", "Mon 09:45", "Mon 17:45"]
    said = (await ana.history())[before:]
    assert [one["text"] for one in said] == [TEXTS.nobody_yet.format(number=1)]
    kinds = [event.kind for event in await desk.cases.history(1)]
    assert kinds == ["opened", *["raised"] * 5]
    view = await desk.cases.view(1)
    assert view
    assert view.note


async def test_reminders_stop_once_somebody_has_it(ana: Visitor, desk: Team, clock: Clock) -> None:
    await ana.say("quero uma pessoa")
    await raise_at(desk, clock, "2026-11-27T12:15")
    await desk.desk.assume(1, ANA)
    await desk.desk.reply(1, ANA, "Oi")
    before = await ana.history()
    await raise_at(desk, clock, "2026-12-27T12:15")
    assert await ana.history() == before


async def test_who_assumed_and_does_not_answer(
    ana: Visitor, desk: Team, app: FastAPI, clock: Clock
) -> None:
    await ana.say("quero uma pessoa")
    await desk.desk.assume(1, ANA)
    await desk.desk.reply(1, ANA, "Já vejo.")
    clock.local("2026-11-27T13:00")
    sent = await ana.send("e então?")
    await settled(ana, sent["seq"])
    assert await due_of(app) == "Fri 13:10"
    await raise_at(desk, clock, "2026-11-27T13:10")
    assert (await ana.history())[-1]["text"] == TEXTS.person_late.format(name="Ana")
    assert (await ana.read())["held"]["by"] == "person"
    await raise_at(desk, clock, "2026-11-27T13:30")
    assert (await ana.history())[-1]["text"] == TEXTS.person_gone.format(name="Ana")
    assert (await ana.read())["held"]["by"] == "waiting"
    await desk.desk.assume(1, RUI)
    assert (await ana.read())["held"]["name"] == "Rui"


async def test_outside_the_hours_it_is_said_when_and_nobody_is_reminded(
    ana: Visitor, desk: Team, app: FastAPI, clock: Clock
) -> None:
    clock.local("2026-11-27T22:00")
    _, told = await ana.say("quero uma pessoa")
    when = "segunda-feira, 30/11, a partir das 8h"
    hours = load_spoken().week(OFFICE)
    assert told["text"] == TEXTS.expect_closed.format(hours=hours, when=when)
    assert await due_of(app) == "Mon 08:15"
    before = await ana.history()
    await raise_at(desk, clock, "2026-11-30T08:14")
    assert await ana.history() == before
    await raise_at(desk, clock, "2026-11-30T08:15")
    assert (await ana.history())[-1]["text"] == TEXTS.nobody_yet.format(number=1)


async def test_two_gateways_remind_once(ana: Visitor, desk: Team, clock: Clock) -> None:
    await ana.say("quero uma pessoa")
    clock.local("2026-11-27T12:15")
    await asyncio.gather(*(desk.desk.raise_due(clock()) for _ in range(4)))
    kinds = [event.kind for event in await desk.cases.history(1)]
    assert kinds == ["opened", "raised"]


async def test_the_time_until_somebody_assumed_is_counted(
    ana: Visitor, desk: Team, app: FastAPI
) -> None:
    await ana.say("quero uma pessoa")
    await desk.desk.assume(1, ANA)
    text = (await ana.http.get("/metrics")).text
    assert "omni_case_assume_seconds_count 1.0" in text
    assert "omni_cases_waiting 0.0" in text
    await desk.desk.pass_on(1, ANA)
    text = (await ana.http.get("/metrics")).text
    assert "omni_cases_waiting 1.0" in text
    assert 'omni_deliveries_failing{sink="slack"} 0.0' in text


async def test_the_due_time_is_in_the_future_of_a_night(clock: Clock) -> None:
    made = Openings(DeskSettings(hours=OFFICE), TEXTS, [place], clock)
    clock.local("2026-11-28T03:00")
    due = made.due()
    assert due
    assert due - clock() == timedelta(days=2, hours=5, minutes=15)
