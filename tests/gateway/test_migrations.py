"""Databases of every age become those of today, with what is in them."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from fake_rasa import FakeRasa, echo
from sqlalchemy import Connection, inspect, text
from ulid import ULID
from visitor import SECRET

from gateway.app import create_app
from gateway.settings import Settings
from gateway.store import Store
from gateway.store.engine import Database
from gateway.store.migrate import downgrade, migrate
from gateway.store.tables import Base

# As SQLAlchemy's create_all made them in the first version, before there were migrations.
FIRST = """
CREATE TABLE conversations (
    id VARCHAR(26) NOT NULL, created_at DATETIME NOT NULL, PRIMARY KEY (id));
CREATE TABLE messages (
    id VARCHAR(26) NOT NULL, conversation_id VARCHAR(26) NOT NULL, seq INTEGER NOT NULL,
    sender VARCHAR(9) NOT NULL, text TEXT NOT NULL, parts JSON NOT NULL,
    created_at DATETIME NOT NULL, reply_to VARCHAR(26), client_id VARCHAR(36), state VARCHAR(7),
    choice_id VARCHAR(32), to_rasa TEXT, turn_id VARCHAR(26), page VARCHAR(200), PRIMARY KEY (id),
    UNIQUE (conversation_id, seq), UNIQUE (conversation_id, client_id),
    FOREIGN KEY(conversation_id) REFERENCES conversations (id),
    FOREIGN KEY(reply_to) REFERENCES messages (id));
CREATE INDEX ix_messages_reply_to ON messages (reply_to);
CREATE TABLE choices (
    id VARCHAR(32) NOT NULL, conversation_id VARCHAR(26) NOT NULL,
    message_id VARCHAR(26) NOT NULL, position INTEGER NOT NULL, label TEXT NOT NULL,
    more BOOLEAN NOT NULL, to_rasa TEXT NOT NULL, turn_id VARCHAR(26), PRIMARY KEY (id),
    FOREIGN KEY(conversation_id) REFERENCES conversations (id),
    FOREIGN KEY(message_id) REFERENCES messages (id));
CREATE INDEX ix_choices_message ON choices (message_id, position);
"""
TALKED, SILENT, CUT_OFF = (str(ULID()) for _ in range(3))
BEGUN, ENDED = "2026-11-20 10:00:00.000000", "2026-11-21 11:30:00.000000"


def message(conversation: str, seq: int, sender: str, at: str, **more: Any) -> dict[str, Any]:
    row = dict.fromkeys(
        ("reply_to", "client_id", "state", "choice_id", "to_rasa", "turn_id", "page")
    )
    named = {"id": f"{conversation[-20:]}{seq:06}", "conversation_id": conversation, "seq": seq}
    return (
        row | named | {"sender": sender, "text": f"é {seq}", "parts": "{}", "created_at": at} | more
    )


MESSAGES = [
    message(TALKED, 1, "user", BEGUN, client_id="a", state="done", to_rasa="é 1", turn_id="t1"),
    message(TALKED, 2, "assistant", BEGUN, reply_to=f"{TALKED[-20:]}000001", parts='{"case": 7}'),
    message(TALKED, 3, "user", ENDED, client_id="b", state="failed", to_rasa="é 3", turn_id="t2"),
    message(TALKED, 4, "system", ENDED, reply_to=f"{TALKED[-20:]}000003"),
    message(CUT_OFF, 1, "user", ENDED, client_id="a", state="pending", to_rasa="x", turn_id="t3"),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of the first version, with three conversations in it."""
    path = tmp_path / "gateway.db"
    with sqlite3.connect(path) as db:
        db.executescript(FIRST)
        for id in (TALKED, SILENT, CUT_OFF):
            db.execute("INSERT INTO conversations VALUES (?, ?)", (id, BEGUN))
        for row in MESSAGES:
            names = ", ".join(row)
            marks = ", ".join("?" * len(row))
            db.execute(f"INSERT INTO messages ({names}) VALUES ({marks})", tuple(row.values()))
        choice = ("c1", TALKED, f"{TALKED[-20:]}000004", 0, "Tentar de novo", 0, "é 3", "t2")
        db.execute("INSERT INTO choices VALUES (?, ?, ?, ?, ?, ?, ?, ?)", choice)
    return path


def url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def upgraded(path: Path) -> Store:
    store = Store(url(path))
    await store.start()
    return store


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as db:
        return db.execute(sql).fetchall()


async def test_old_conversations_get_a_visitor_and_where_they_stand(old: Path) -> None:
    await (await upgraded(old)).stop()
    columns = "id, changed_at, last_seq, waiting, leased_by, guide"
    found = {row[0]: row[1:] for row in rows(old, f"SELECT {columns} FROM conversations")}
    assert found == {
        TALKED: (ENDED, 4, 0, None, None),
        SILENT: (BEGUN, 0, 0, None, None),
        CUT_OFF: (ENDED, 1, 1, None, None),
    }
    join = "SELECT count(*) FROM conversations c JOIN visitors v ON v.id = c.visitor_id"
    assert rows(old, join) == [(3,)]
    assert rows(old, "SELECT count(DISTINCT id), count(subject_hash) FROM visitors") == [(3, 0)]
    assert rows(old, "PRAGMA foreign_key_check") == []


async def test_old_messages_are_as_they_were(old: Path) -> None:
    store = await upgraded(old)
    page = await store.history.page(TALKED, 0)
    await store.stop()
    assert page
    assert [one.text for one in page.messages] == ["é 1", "é 2", "é 3", "é 4"]
    assert [one.state for one in page.messages] == ["done", None, "set_aside", None]
    assert [one.reply_to for one in page.messages] == [None, 1, None, 3]
    assert page.messages[1].case == 7
    assert page.messages[3].choices
    assert page.messages[3].choices[0].id == "c1"
    states = "SELECT state, attempts FROM messages WHERE sender = 'user' ORDER BY turn_id"
    assert rows(old, states) == [("done", 0), ("set_aside", 0), ("pending", 0)]


async def test_what_was_cut_off_in_the_old_gateway_is_answered(old: Path) -> None:
    rasa = FakeRasa(answer=echo)
    app = create_app(Settings(database=url(old), secret=SECRET, guesses=False), rasa.transport())
    async with app.router.lifespan_context(app), asyncio.timeout(5):
        while not rows(old, "SELECT 1 FROM messages WHERE text = 'eco: x'"):
            await asyncio.sleep(0.01)
    assert [call["message_id"] for call in rasa.asked] == ["t3"]


async def test_there_and_back_again(old: Path) -> None:
    before = [rows(old, f"SELECT * FROM {table}") for table in ("conversations", "choices")]
    names = ", ".join(MESSAGES[0])
    messages = rows(old, f"SELECT {names} FROM messages ORDER BY id")
    await (await upgraded(old)).stop()
    await downgrade(url(old), "0001")
    assert [rows(old, f"SELECT * FROM {table}") for table in ("conversations", "choices")] == before
    assert rows(old, f"SELECT {names} FROM messages ORDER BY id") == messages
    columns = [row[1] for row in rows(old, "PRAGMA table_info(messages)")]
    assert sorted(columns) == sorted(MESSAGES[0])
    await (await upgraded(old)).stop()
    assert rows(old, "SELECT count(*) FROM visitors") == [(3,)]
    await downgrade(url(old), "base")
    assert rows(old, "SELECT name FROM sqlite_master WHERE type = 'table'") == [
        ("alembic_version",)
    ]


async def test_starting_again_changes_nothing(old: Path) -> None:
    await (await upgraded(old)).stop()
    with sqlite3.connect(old) as db:
        first = list(db.iterdump())
    await (await upgraded(old)).stop()
    with sqlite3.connect(old) as db:
        assert list(db.iterdump()) == first


async def test_a_migration_that_fails_leaves_everything_as_it_was(old: Path) -> None:
    with sqlite3.connect(old) as db:
        db.execute("CREATE TABLE feedback (id INTEGER)")
        before = list(db.iterdump())
    store = Store(url(old))
    with pytest.raises(Exception, match="feedback"):
        await store.start()
    await store.stop()
    with sqlite3.connect(old) as db:
        assert list(db.iterdump()) == before


@pytest.mark.parametrize("filled", [True, False])
async def test_the_tables_are_those_of_the_code(old: Path, tmp_path: Path, filled: bool) -> None:
    """Who changes tables.py without a migration fails here."""
    database = Database(url(old if filled else tmp_path / "new.db"))
    await migrate(database)

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)

    async with database.engine.connect() as db:
        assert await db.run_sync(differences) == []
    await database.close()


async def test_a_table_keeps_what_points_to_it(old: Path) -> None:
    database = Database(url(old))
    await migrate(database)

    def references(connection: Connection) -> set[tuple[str, str]]:
        found = inspect(connection)
        return {
            (table, key["referred_table"])
            for table in found.get_table_names()
            for key in found.get_foreign_keys(table)
        }

    async with database.engine.connect() as db:
        assert await db.run_sync(references) == {
            ("sessions", "visitors"),
            ("conversations", "visitors"),
            ("messages", "conversations"),
            ("messages", "messages"),
            ("choices", "conversations"),
            ("choices", "messages"),
            ("feedback", "messages"),
            ("feedback", "conversations"),
            ("handoffs", "conversations"),
            ("handoff_events", "conversations"),
            ("handoff_events", "handoffs"),
            ("deliveries", "conversations"),
            ("deliveries", "handoffs"),
            ("labels", "conversations"),
            ("trainer_sessions", "trainers"),
            *((table, "conversations") for table in ("turns", "guide_events", "reviews")),
            *((table, "messages") for table in ("turns", "guide_events", "reviews")),
        }
        assert await db.scalar(text("PRAGMA foreign_keys")) == 1
    await database.close()
