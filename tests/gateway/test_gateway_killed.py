"""A gateway dies or is stopped: what it had accepted is answered by the next, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fake_rasa import FakeRasa, echo
from fastapi import FastAPI
from gateway_support import QUICK
from sqlalchemy import text
from visitor import Visitor, arrive, until, until_true

from gateway.app import create_app
from gateway.settings import Pace, Settings


async def query(app: FastAPI, sql: str) -> list[tuple[Any, ...]]:
    async with app.state.services.store.database.reading() as db:
        return [tuple(row) for row in await db.execute(text(sql))]


@asynccontextmanager
async def gateway(settings: Settings, rasa: FakeRasa) -> AsyncIterator[httpx.AsyncClient]:
    """Start another gateway on the same database."""
    app = create_app(settings, rasa.transport())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client,
    ):
        yield client


async def die(app: FastAPI) -> None:
    """End a gateway as a kill would: nothing is tidied, its leases stay."""
    engine = app.state.services.engine
    engine._consumer._stopping = True
    await engine._consumer._poller.stop()
    await engine._timers.stop()
    tasks = list(engine._consumer._running.values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if lock := app.state.services.store._lock:
        lock.release()


class TestKilled:
    """A gateway dies in the middle of a turn; the next one takes it up."""

    @pytest.fixture
    def pace(self) -> Pace:
        return replace(QUICK, lease=60.0, fallback=30.0, turn=30.0)

    async def test_what_was_under_way_is_answered_once(
        self, app: FastAPI, settings: Settings, ana: Visitor, rasa: FakeRasa
    ) -> None:
        rasa.answer, rasa.delay = echo, 5
        sent = [await ana.send(f"mensagem {n}") for n in range(3)]
        await until_true(lambda: rasa.asked)
        await die(app)
        assert (await query(app, "SELECT leased_by FROM conversations"))[0][0]
        rasa.delay = 0
        async with gateway(settings, rasa) as client:
            again = replace(ana, http=client)
            await again.answers(sent[-1]["seq"])
            history = await again.history()
        assert [message["seq"] for message in history] == list(range(1, 7))
        assert [m["text"] for m in history[3:]] == [f"eco: mensagem {n}" for n in range(3)]
        assert rasa.asked[0]["message_id"] == rasa.asked[1]["message_id"]

    async def test_a_message_stored_in_the_last_moment_is_answered(
        self, app: FastAPI, settings: Settings, ana: Visitor, rasa: FakeRasa
    ) -> None:
        await die(app)
        sent = await ana.send("oi")
        assert rasa.asked == []
        async with gateway(settings, rasa) as client:
            assert (await replace(ana, http=client).answers(sent["seq"]))[0]["from"] == "assistant"


class TestKilledWhileLate:
    """The clock of a fallback goes on while no gateway runs."""

    @pytest.fixture
    def pace(self) -> Pace:
        return replace(QUICK, note=0.05, fallback=0.7, turn=30.0)

    async def test_the_fallback_comes_after_the_restart(
        self, app: FastAPI, settings: Settings, ana: Visitor, rasa: FakeRasa
    ) -> None:
        rasa.delay = 5
        await ana.send("os e-mails não chegam")
        await until_true(lambda: rasa.asked)
        await die(app)
        await asyncio.sleep(0.7)
        assert len(await ana.history()) == 1
        async with gateway(settings, rasa) as client:
            again = replace(ana, http=client)

            async def fell_back() -> bool:
                return any(message.get("fallback") for message in await again.history())

            await until(fell_back)
            assert (await again.read())["note"]


class TestStopped:
    """A gateway is told to stop in the middle of a turn."""

    async def test_the_turn_under_way_ends_and_the_next_waits(
        self, settings: Settings, rasa: FakeRasa
    ) -> None:
        rasa.answer, rasa.delay = echo, 0.05
        async with gateway(settings, rasa) as client:
            ana = await arrive(client)
            await ana.send("primeira")
            await ana.send("segunda")
            await until_true(lambda: rasa.asked)
        assert rasa.finished == ["primeira"]
        rasa.delay = 0
        async with gateway(settings, rasa) as client:
            again = replace(ana, http=client)
            await again.answers(2)
            texts = [message["text"] for message in await again.history()]
        assert texts == ["primeira", "segunda", "eco: primeira", "eco: segunda"]

    async def test_one_that_takes_too_long_is_taken_up_later(
        self, settings: Settings, rasa: FakeRasa
    ) -> None:
        slow = replace(settings, pace=replace(QUICK, turn=30.0, fallback=30.0, lease=60.0))
        rasa.answer, rasa.delay = echo, 30
        async with gateway(slow, rasa) as client:
            ana = await arrive(client)
            await ana.send("oi")
            await until_true(lambda: rasa.asked)
        rasa.delay = 0
        async with gateway(slow, rasa) as client:
            assert (await replace(ana, http=client).answers(1))[0]["text"] == "eco: oi"
