"""SQLite's brief transactions: in the loop's thread, waiting for nobody, on the disk in time."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from gateway.store import sqlite as sqlite_store
from gateway.store.engine import Database
from gateway.store.sqlite import Disk

pytestmark = pytest.mark.asyncio


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    made = Database(f"sqlite+aiosqlite:///{file}")
    async with made.writing() as db:
        await db.execute(text("CREATE TABLE x (n INTEGER PRIMARY KEY)"))
    yield made
    await made.close()


async def add(database: Database, n: int, brief: bool = True) -> None:
    async with database.writing(brief=brief) as db:
        await db.execute(text("INSERT INTO x VALUES (:n)"), {"n": n})


async def level(database: Database, brief: bool) -> tuple[Any, Any]:
    async with database.writing(brief=brief) as db:
        pragmas = ("synchronous", "wal_autocheckpoint")
        return tuple([await db.scalar(text(f"PRAGMA {one}")) for one in pragmas])


async def numbers(database: Database) -> list[int]:
    async with database.reading(brief=True) as db:
        return list(await db.scalars(text("SELECT n FROM x ORDER BY n")))


async def test_only_brief_ones_are_committed_without_the_disk(database: Database) -> None:
    for _ in range(2):
        assert await level(database, brief=True) == (1, 0)
        assert await numbers(database) == []
        assert await level(database, brief=False) == (2, 1000)


async def test_a_brief_one_is_handed_to_no_thread(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[Any] = []
    usual = aiosqlite.Connection._execute

    async def noted(self: aiosqlite.Connection, fn: Any, *args: Any, **kwargs: Any) -> Any:
        handed.append(fn)
        return await usual(self, fn, *args, **kwargs)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", noted)
    await add(database, 1)
    assert await numbers(database) == [1]
    assert not handed
    await add(database, 2, brief=False)
    assert handed


async def test_one_that_raises_is_undone(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.writing(brief=True) as db:
            await db.execute(text("INSERT INTO x VALUES (1)"))
            raise ZeroDivisionError
    await add(database, 2)
    assert await numbers(database) == [2]


async def test_another_process_that_writes_is_waited_for_while_others_go_on(
    database: Database, file: Path
) -> None:
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(add(database, 1))
    await asyncio.sleep(0.05)
    assert await numbers(database) == []
    assert not waiting.done()
    other.execute("COMMIT")
    await waiting
    other.close()
    assert await numbers(database) == [1]


async def test_one_that_goes_on_writing_is_an_error_of_the_store(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY_MILLISECONDS", 1)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError):
        await add(database, 1)
    other.execute("COMMIT")
    other.close()
    await add(database, 2)
    assert await numbers(database) == [2]


async def test_one_that_is_cancelled_while_it_waits_leaves_a_store_that_works(
    database: Database, file: Path
) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(add(database, 1))
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    other.execute("COMMIT")
    other.close()
    for n in range(2, 5):
        await add(database, n, brief=n % 2 == 0)
    assert await numbers(database) == [2, 3, 4]


async def test_what_is_committed_is_synced_once_for_all_who_ask_meanwhile(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, may_end = [], threading.Event()

    def slow(handle: int) -> None:
        synced.append(handle)
        may_end.wait(5)

    monkeypatch.setattr(os, "fdatasync", slow)
    await add(database, 1)
    first = asyncio.create_task(database.on_disk())
    while not synced:
        await asyncio.sleep(0.01)
    later = [asyncio.create_task(database.on_disk()) for _ in range(5)]
    await asyncio.sleep(0.05)
    assert len(synced) == 1
    assert not any(one.done() for one in (first, *later))
    may_end.set()
    await asyncio.gather(first, *later)
    assert len(synced) == 2


async def test_a_disk_that_fails_is_said_to_whoever_waits_and_tried_again(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(handle: int) -> None:
        raise OSError("input/output error")

    await add(database, 1)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", broken)
        with pytest.raises(OSError, match="input/output"):
            await database.on_disk()
        database.on_disk_soon()
        while "the store failed: OSError" not in caplog.text:
            await asyncio.sleep(0.01)
    await database.on_disk()


async def test_a_log_that_is_gone_has_nothing_left_to_sync(tmp_path: Path) -> None:
    await Disk(tmp_path / "none.db").reached()


async def test_the_log_is_emptied_into_the_database_from_time_to_time(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "_CHECKPOINT_SYNCS", 2)
    before = file.stat().st_size
    for n in range(1000):
        await add(database, n)
    assert file.stat().st_size == before
    for _ in range(2):
        await database.on_disk()
    while file.stat().st_size == before:
        await asyncio.sleep(0.01)
