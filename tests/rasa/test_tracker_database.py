"""Databases that are away, locked, hung or come back empty; and memory, which is none."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, TrackerStore
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from rasa_components.stores import engine, patience
from rasa_components.stores.tracker import NotStrict, StrictTrackerStore, strict_store
from tests.rasa.conftest import run_sql
from tests.rasa.talking import FIRST, SECOND, SENDER, THIRD, texts, turn


async def test_tables_are_made_when_the_database_comes_back_empty(store, url):
    await turn(store, FIRST, "um", "certo")
    for table in ("events", "events_aside"):
        run_sql(url, f"DROP TABLE {table}")
    with pytest.raises(sa.exc.SQLAlchemyError):
        await store.retrieve(SENDER)
    await turn(store, SECOND, "dois", "certo")
    assert texts(await store.retrieve(SENDER)) == ["dois"]


async def test_a_locked_sqlite_raises_in_time_and_keeps_nobody_waiting(tmp_path, domain):
    store = StrictTrackerStore(host=f"sqlite:///{tmp_path / 'tracker.db'}", domain=domain)
    await turn(store, FIRST, "um", "certo")
    holder = sqlite3.connect(tmp_path / "tracker.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    begin = time.monotonic()
    failing = asyncio.create_task(turn(store, SECOND, "dois", "certo"))
    await asyncio.sleep(0.01)
    assert time.monotonic() - begin < 1  # the loop is free meanwhile
    with pytest.raises(sa.exc.OperationalError) as error:
        await failing
    assert "dois" not in str(error.value)
    assert time.monotonic() - begin < engine.SECONDS + 2
    holder.execute("ROLLBACK")
    await turn(store, THIRD, "três", "certo")
    assert texts(await store.retrieve(SENDER)) == ["um", "três"]


def test_sqlite_writes_ahead_and_its_folder_is_made(tmp_path, domain):
    StrictTrackerStore(dialect="sqlite", db=str(tmp_path / "new" / "tracker.db"), domain=domain)
    found = sqlite3.connect(tmp_path / "new" / "tracker.db").execute("PRAGMA journal_mode")
    assert found.fetchone() == ("wal",)


async def test_a_postgresql_that_restarts_loses_nothing(postgres, domain):
    run_sql(postgres.url, "DROP TABLE IF EXISTS events, events_aside")
    store = StrictTrackerStore(host=postgres.url, domain=domain)
    await turn(store, FIRST, "um", "certo")
    postgres.stop()
    with pytest.raises(sa.exc.OperationalError):
        await turn(store, SECOND, "dois", "certo")
    begun_without = StrictTrackerStore(host=postgres.url, domain=domain)
    postgres.start()
    await turn(store, SECOND, "dois", "certo")
    await turn(begun_without, THIRD, "três", "certo")
    assert texts(await store.retrieve(SENDER)) == ["um", "dois", "três"]


async def test_a_postgresql_that_hangs_raises_in_time(postgres, domain, monkeypatch):
    monkeypatch.setattr(patience, "MARGIN_SECONDS", -1.5)
    run_sql(postgres.url, "DROP TABLE IF EXISTS events, events_aside")
    store = StrictTrackerStore(host=postgres.url, domain=domain)
    await turn(store, FIRST, "um", "certo")
    with postgres.frozen():
        begin = time.monotonic()
        with pytest.raises(sa.exc.OperationalError):
            await turn(store, SECOND, "dois", "certo")
        assert time.monotonic() - begin < 3
    await turn(store, THIRD, "três", "certo")
    assert texts(await store.retrieve(SENDER)) == ["um", "três"]


async def test_a_slow_statement_is_ended_by_postgresql(postgres, domain, monkeypatch):
    monkeypatch.setattr(engine, "SECONDS", 0.2)
    store = StrictTrackerStore(host=postgres.url, domain=domain)
    slow = pytest.raises(sa.exc.OperationalError, match="statement timeout")
    with slow, store.session_scope() as session:
        session.execute(sa.text("SELECT pg_sleep(5)"))


# Rasa must not answer from memory.


def made_by_rasa(**settings: str) -> Agent:
    """An agent with the store that Rasa makes of endpoints.yml's tracker_store."""
    return Agent(tracker_store=TrackerStore.create(EndpointConfig(**settings)))


def test_rasa_wraps_the_store_and_it_is_taken_out_again(tmp_path):
    kind = "rasa_components.stores.tracker.StrictTrackerStore"
    agent = made_by_rasa(type=kind, dialect="sqlite", db=str(tmp_path / "tracker.db"))
    assert isinstance(agent.tracker_store, FailSafeTrackerStore)
    store = strict_store(agent)
    assert isinstance(store, StrictTrackerStore)
    assert agent.tracker_store is store
    assert strict_store(agent) is store


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", [None, "rasa_components.stores.tracker.Mispelt", "nowhere.Store"])
def test_any_other_store_is_refused(kind):
    with pytest.raises(NotStrict):
        strict_store(made_by_rasa(**({"type": kind} if kind else {})))
    with pytest.raises(NotStrict):
        strict_store(Agent(tracker_store=InMemoryTrackerStore(None)))


def test_the_address_of_the_environment_goes_first(tmp_path: Path, monkeypatch, domain):
    monkeypatch.setenv("OMNI_TRACKER_URL", f"sqlite:///{tmp_path / 'other.db'}")
    StrictTrackerStore(dialect="sqlite", db=str(tmp_path / "tracker.db"), domain=domain)
    assert (tmp_path / "other.db").exists() and not (tmp_path / "tracker.db").exists()


def test_a_database_of_another_kind_is_refused(domain):
    with pytest.raises(RasaException):
        StrictTrackerStore(host="mysql://u:p@localhost/db", domain=domain)
