"""From an SQLite backup into PostgreSQL: how an embedded installation becomes a larger one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import (
    Connection,
    Integer,
    MetaData,
    Table,
    create_engine,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.engine import URL

from assistant.cases import CASES
from gateway.privacy.cases import asynchronous
from gateway.store.engine import Database
from gateway.store.migrate import migrate
from gateway.store.tables import Base
from scripts.backup.erasing import TRACKER_TABLES

_BATCH = 500


async def move(source: Path, role: str, target: URL) -> None:
    """Copy every row of a role's SQLite file into an empty PostgreSQL database."""
    database = Database(asynchronous(target.render_as_string(hide_password=False)))
    try:
        if role == "gateway":
            await migrate(database)
            await _migrate_file(source)
        async with database.writing() as db:
            await db.run_sync(_copy, source, role)
    finally:
        await database.close()


async def _migrate_file(source: Path) -> None:
    older = Database(f"sqlite+aiosqlite:///{source}")
    await migrate(older)
    await older.close()


def _copy(db: Connection, source: Path, role: str) -> None:
    engine = create_engine(f"sqlite:///{source}")
    with engine.connect() as old:
        for table in _tables(old, role):
            table.create(db, checkfirst=True)
            _copy_table(old, db, table)
            _go_on_counting(db, table)
    engine.dispose()


def _tables(old: Connection, role: str) -> list[Table]:
    """Return the tables of a role, those that others refer to first; Rasa's as they are found."""
    if role == "gateway":
        return Base.metadata.sorted_tables
    if role == "cases":
        return [CASES]
    found = MetaData()
    found.reflect(old, only=lambda name, _: name in TRACKER_TABLES)
    return found.sorted_tables


def _copy_table(old: Connection, new: Connection, table: Table) -> None:
    # A message refers to an earlier one of its conversation.
    order = [table.c[name] for name in ("conversation_id", "seq", "id") if name in table.c]
    rows = old.execution_options(yield_per=_BATCH).execute(select(table).order_by(*order))
    for some in rows.mappings().partitions(_BATCH):
        new.execute(insert(table), [dict(row) for row in some])


def _go_on_counting(db: Connection, table: Table) -> None:
    """Let PostgreSQL's counter go on after the highest number that was copied."""
    (key, *others) = table.primary_key.columns
    if others or not isinstance(key.type, Integer) or not key.autoincrement:
        return
    counter = db.scalar(text(f"SELECT pg_get_serial_sequence('{table.name}', '{key.name}')"))  # noqa: S608
    highest = db.scalar(select(func.max(key)))
    if counter and highest:
        db.execute(select(func.setval(counter, highest)))
