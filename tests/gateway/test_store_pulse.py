"""A database that hangs: whoever comes is refused at once, and streams end, until it answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from gateway_support import on_postgres
from sqlalchemy import text

from gateway.conversation.stream import Stream
from gateway.settings import Pace
from gateway.store import Page
from gateway.store.engine import Away, Database
from gateway.store.history import History
from gateway.store.pulse import Pulse
from tests.support.servers import Server


@pytest_asyncio.fixture
async def database(postgres: Server) -> AsyncIterator[Database]:
    made = Database(on_postgres(postgres, "postgres"))
    yield made
    await made.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


async def test_while_it_hangs_nobody_waits_and_then_all_goes_on(
    database: Database, postgres: Server
) -> None:
    told: list[bool] = []
    pulse = Pulse(database, lambda: told.append(database.is_away), beat=0.02, patience=0.2)
    await pulse.start()
    with postgres.frozen():
        await until(lambda: database.is_away)
        for way in (database.reading, database.writing):
            with pytest.raises(Away):
                async with way():
                    raise AssertionError("nobody gets in")
    await until(lambda: not database.is_away)
    async with database.reading() as db:
        assert await db.scalar(text("SELECT 1")) == 1
    assert told == [True]
    await pulse.stop()


async def test_a_file_has_no_pulse() -> None:
    pulse = Pulse(Database("sqlite+aiosqlite:///:memory:"), lambda: None)
    await pulse.start()
    await pulse.stop()


async def test_a_stream_that_reads_a_store_that_hangs_is_given_up() -> None:
    class Hangs(History):
        async def page(self, conversation: str, after: int, limit: int = 50) -> Page | None:
            await asyncio.sleep(60)
            return None

    database = Database("sqlite+aiosqlite:///:memory:")
    stream = Stream(Hangs(database), "um momento", Pace(), "C", "S", 0)

    async def heard() -> list[object]:
        return [event async for event in stream.events()]

    listening = asyncio.create_task(heard())
    await asyncio.sleep(0.01)
    stream.give_up()
    async with asyncio.timeout(10):
        assert await listening == []
