"""What is past its time goes without being asked, and the jobs that see to it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_rasa import FakeRasa
from fastapi import FastAPI
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from visitor import Visitor, arrive, until, until_true

from gateway.app import create_app
from gateway.privacy import jobs
from gateway.privacy.eraser import Eraser
from gateway.privacy.erasure_log import ErasureLog, fingerprint
from gateway.privacy.stores import StoreDown
from gateway.settings import Settings
from gateway.store.engine import Database
from gateway.store.erasure import Erasures
from gateway.store.tables import ConversationRow, ErasureRow, MessageRow, SessionRow, now

pytestmark = pytest.mark.asyncio

DAYS = timedelta(days=90)


@pytest.fixture
async def database(app: FastAPI) -> Database:
    # These tests do the jobs' rounds themselves.
    await app.state.services.privacy.jobs.stop()
    found: Database = app.state.services.store.database
    return found


async def grow_old(database: Database, visitor: Visitor, age: timedelta) -> None:
    change = update(ConversationRow).where(ConversationRow.id == visitor.conversation)
    async with database.writing() as db:
        await db.execute(change.values(changed_at=now() - age))


async def conversations(database: Database) -> set[str]:
    async with database.reading() as db:
        return set(await db.scalars(select(ConversationRow.id)))


async def test_what_is_older_goes_and_what_is_younger_stays(
    app: FastAPI, database: Database, ana: Visitor, bia: Visitor, rasa: FakeRasa
) -> None:
    rasa.trackers[ana.conversation] = []
    await ana.say("antiga")
    await grow_old(database, ana, DAYS + timedelta(seconds=1))
    await grow_old(database, bia, DAYS - timedelta(minutes=1))
    await app.state.services.privacy.jobs.enforce_retention()
    assert await conversations(database) == {bia.conversation}
    assert (await ana.http.get("/api/v1/messages", headers=ana.headers)).status_code == 401
    async with database.reading() as db:
        row = (await db.execute(select(ErasureRow))).mappings().one()
        assert list(await db.scalars(select(MessageRow.id))) == []
    assert (row["reason"], row["left"]) == ("retention", ["log", "tracker", "cases"])
    await app.state.services.privacy.jobs.finish_erasures()
    assert rasa.trackers == {}


async def test_it_goes_in_batches(
    app: FastAPI, http: object, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.privacy.eraser.BATCH", 3)
    people = [await arrive(http) for _ in range(8)]  # type: ignore[arg-type]
    for visitor in people[:7]:
        await grow_old(database, visitor, 2 * DAYS)
    eraser: Eraser = app.state.services.privacy.eraser
    assert await eraser.retire(now() - DAYS) == 7
    assert await conversations(database) == {people[7].conversation}


async def test_who_writes_in_the_last_moment_stays(
    app: FastAPI, database: Database, ana: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await grow_old(database, ana, 2 * DAYS)
    seen: Callable[..., Awaitable[list[str]]] = Erasures.unchanged_since

    async def then_she_writes(self: Erasures, *args: object) -> list[str]:
        found = await seen(self, *args)
        if found:
            await ana.say("ainda estou aqui")
        return found

    monkeypatch.setattr(Erasures, "unchanged_since", then_she_writes)
    eraser: Eraser = app.state.services.privacy.eraser
    assert await eraser.retire(now() - DAYS) == 0
    assert (await ana.history())[0]["text"] == "ainda estou aqui"


async def test_what_a_backup_brings_back_is_erased_again(
    app: FastAPI, database: Database, ana: Visitor, bia: Visitor
) -> None:
    async with database.writing() as db:
        row = {"conversation_id": ana.conversation, "reason": "asked", "left": []}
        await db.execute(insert(ErasureRow).values(**row, done_at=now()))
    eraser: Eraser = app.state.services.privacy.eraser
    assert await eraser.retire(now() - DAYS) == 1
    assert await conversations(database) == {bia.conversation}


async def test_a_backup_that_knows_of_no_erasure_is_erased_all_the_same(
    app: FastAPI, database: Database, ana: Visitor, bia: Visitor
) -> None:
    """The log lies apart: neither the conversation's return nor the loss of the list matters."""
    log = app.state.services.privacy._log
    await log.erase(ana.conversation)
    eraser: Eraser = app.state.services.privacy.eraser
    assert await eraser.retire(now() - DAYS) == 1
    assert await conversations(database) == {bia.conversation}


async def test_the_log_of_erasures_names_nobody(
    app: FastAPI, database: Database, ana: Visitor, tmp_path: Path
) -> None:
    await ana.say("apague isto")
    await ana.http.delete("/api/v1/me", headers=ana.headers)
    log = app.state.services.privacy._log
    assert await log.known([ana.conversation, "x"]) == [ana.conversation]
    with sqlite3.connect(tmp_path / "erasures.db") as db:
        dump = "".join(db.iterdump())
    assert fingerprint(ana.conversation) in dump
    assert ana.conversation not in dump


async def test_what_was_erased_before_there_was_a_log_is_noted(
    app: FastAPI, database: Database, ana: Visitor
) -> None:
    async with database.writing() as db:
        row = {"conversation_id": "OLD", "reason": "asked", "left": []}
        await db.execute(insert(ErasureRow).values(**row, done_at=now()))
    privacy = app.state.services.privacy
    await privacy.eraser.retire(now() - DAYS)
    assert await privacy._log.known(["OLD"]) == ["OLD"]


async def test_the_time_limit_is_that_of_a_batch_not_of_all_of_them(
    app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand conversations may take longer than STORE_SECONDS; the log still gets on."""
    log: ErasureLog = app.state.services.privacy._log
    reading = log._database.reading

    @asynccontextmanager
    async def slow() -> AsyncIterator[AsyncConnection]:
        await asyncio.sleep(0.1)
        async with reading() as db:
            yield db

    monkeypatch.setattr(log._database, "reading", slow)
    monkeypatch.setattr("gateway.privacy.erasure_log._BATCH", 5)
    monkeypatch.setattr("gateway.privacy.erasure_log.STORE_SECONDS", 0.4)
    everybody = [f"C{number}" for number in range(40)]
    assert await log.note(everybody) == 40
    assert await log.known([*everybody, "x"]) == everybody


async def test_ids_are_read_page_by_page(
    app: FastAPI, http: object, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.store.erasure.PAGE", 2)
    people = [await arrive(http) for _ in range(4)]  # type: ignore[arg-type]
    assert set(await Erasures(database).here()) == {one.conversation for one in people}


async def test_while_the_log_is_away_an_erasure_stays_open(
    app: FastAPI, database: Database, ana: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreDown("away")

    with monkeypatch.context() as without:
        without.setattr(ErasureLog, "note", away)
        answer = await ana.http.delete("/api/v1/me", headers=ana.headers)
        assert answer.json() == {"erased": True, "pending": ["log"]}
        assert await app.state.services.privacy.eraser.finish(now() + timedelta(hours=1)) == 1
    assert await app.state.services.privacy.eraser.finish(now() + timedelta(hours=1)) == 0
    assert await app.state.services.privacy._log.known([ana.conversation])


async def test_the_erased_are_listed_for_whoever_keeps_copies(
    database: Database, ana: Visitor, bia: Visitor
) -> None:
    await bia.http.delete("/api/v1/me", headers=bia.headers)
    erasures = Erasures(database)
    assert await erasures.erased() == [bia.conversation]
    assert await erasures.erased(since=now() - timedelta(minutes=1)) == [bia.conversation]
    assert await erasures.erased(since=now() + timedelta(minutes=1)) == []


async def test_at_start_what_is_past_its_time_goes(
    settings: Settings, rasa: FakeRasa, database: Database, ana: Visitor, app: FastAPI
) -> None:
    await grow_old(database, ana, 2 * DAYS)
    async with database.writing() as db:
        await db.execute(update(SessionRow).values(revoked_at=now()))
    rasa.trackers[ana.conversation] = []
    # Another gateway starts on the same database; the lock on SQLite is not what is tested.
    if lock := app.state.services.store._lock:
        lock.release()
    other = create_app(settings, rasa.transport())
    async with other.router.lifespan_context(other):

        async def gone() -> bool:
            return await conversations(database) == set()

        await until(gone)


async def test_jobs_go_on_after_a_failure(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jobs, "FINISH_SECONDS", 0.001)
    monkeypatch.setattr(jobs, "RETENTION_SECONDS", 0.001)
    rounds = {"finish": 0, "retire": 0}

    class Failing:
        async def finish(self, at: object) -> int:
            rounds["finish"] += 1
            raise ValueError("segredo")

        async def retire(self, limit: object) -> int:
            rounds["retire"] += 1
            raise ValueError("segredo")

    made = app.state.services.privacy.jobs
    failing = jobs.Jobs(Failing(), made._people, DAYS, DAYS)  # type: ignore[arg-type]
    failing.start()
    await until_true(lambda: min(rounds.values()) >= 3)
    await failing.stop()
    assert "ValueError" in caplog.text
    assert "segredo" not in caplog.text
    after = dict(rounds)
    await asyncio.sleep(0.01)
    assert rounds == after


async def test_the_setting_is_what_counts(
    settings: Settings, database: Database, ana: Visitor, app: FastAPI, rasa: FakeRasa
) -> None:
    await grow_old(database, ana, timedelta(days=2))
    access = replace(settings.access, retention_days=1)
    strict = create_app(replace(settings, access=access), rasa.transport())
    await strict.state.services.privacy.jobs.enforce_retention()
    await strict.state.services.store.database.close()
    assert await conversations(database) == set()
