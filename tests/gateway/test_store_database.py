"""Transactions: one that is broken off leaves nothing behind, and holds nobody up."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from gateway_support import on_postgres
from sqlalchemy import text

from gateway.store.engine import Database
from tests.support.servers import Server


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    async with made.writing() as db:
        await db.execute(text("CREATE TABLE things (id INTEGER)"))
    yield made
    await made.close()


async def write(database: Database) -> None:
    async with database.writing() as db:
        await db.execute(text("INSERT INTO things VALUES (1)"))
        await db.execute(text("SELECT 1"))
        await db.execute(text("INSERT INTO things VALUES (2)"))


async def count(database: Database) -> tuple[int, int]:
    async with database.reading() as db:
        found = await db.execute(text("SELECT count(*), count(DISTINCT id) FROM things"))
        return tuple(found.one())


async def test_what_is_cancelled_anywhere_is_undone_and_the_next_may_write(
    database: Database,
) -> None:
    seeded = random.Random(4)
    for _ in range(60):
        before = await count(database)
        task = asyncio.create_task(write(database))
        await asyncio.sleep(seeded.random() * 0.004)
        task.cancel()
        # SQLite would wait two seconds for a lock that was left behind.
        async with asyncio.timeout(1):
            await asyncio.gather(task, return_exceptions=True)
            assert (await count(database))[0] - before[0] in (0, 2)
            await write(database)


async def test_what_raises_is_undone(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.writing() as db:
            await db.execute(text("INSERT INTO things VALUES (1)"))
            raise ZeroDivisionError
    assert await count(database) == (0, 0)


async def test_many_writers_wait_for_each_other(database: Database) -> None:
    await asyncio.gather(*(write(database) for _ in range(50)))
    assert await count(database) == (100, 2)


async def test_who_reads_sees_one_state(database: Database) -> None:
    async with database.reading() as db:
        query = text("SELECT count(*) FROM things")
        before = await db.scalar(query)
        await write(database)
        assert await db.scalar(query) == before == 0
    assert (await count(database))[0] == 2


async def test_who_is_urgent_waits_for_at_most_one_other(database: Database) -> None:
    order: list[str] = []

    async def write(name: str, urgent: bool = False) -> None:
        async with database.writing(urgent):
            order.append(name)
            await asyncio.sleep(0.005)

    async with asyncio.TaskGroup() as writers:
        for place in range(5):
            writers.create_task(write(f"{place}"))
        await asyncio.sleep(0)
        writers.create_task(write("urgent", urgent=True))
    assert order.index("urgent") <= 2


async def test_who_reads_sees_one_state_of_postgresql_too(postgres: Server) -> None:
    database = Database(on_postgres(postgres, "postgres"))
    async with database.writing() as db:
        await db.execute(text("CREATE TABLE seen (id INTEGER)"))
    counted = []
    async with database.reading() as db:
        counted.append(await db.scalar(text("SELECT count(*) FROM seen")))
        async with database.writing() as other:
            await other.execute(text("INSERT INTO seen VALUES (1)"))
        counted.append(await db.scalar(text("SELECT count(*) FROM seen")))
    assert counted == [0, 0]
    await database.close()
