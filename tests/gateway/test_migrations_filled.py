"""Every migration there and back on databases full of rows, on SQLite and on PostgreSQL."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from filling import content, fill, names
from gateway_support import in_a_thread, on_postgres, run

from gateway.store.engine import Database, open_engine
from gateway.store.migrate import CONFIG, downgrade, migrate
from gateway.store.tables import Base

REVISIONS = [s.revision for s in ScriptDirectory.from_config(Config(CONFIG)).walk_revisions()][::-1]
STEPS = list(zip(REVISIONS, REVISIONS[1:], strict=False))
ROWS = 3


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'gateway.db'}"
    server, name = request.getfixturevalue("postgres"), f"bare_{uuid.uuid4().hex}"
    in_a_thread(run(server.url, f"CREATE DATABASE {name} TEMPLATE template0"))
    return on_postgres(server, name)


async def on(url: str, work: Any, *arguments: Any) -> Any:
    """Run some work on the tables themselves: references are not checked, as in a migration."""
    engine = open_engine(url, migrating=True)
    try:
        async with engine.begin() as db:
            return await db.run_sync(work, *arguments)
    finally:
        await engine.dispose()


async def up(url: str, revision: str) -> None:
    database = Database(url)
    await migrate(database, revision)
    await database.close()


def test_there_is_a_step_for_every_revision() -> None:
    files = list((CONFIG.parent / "versions").glob("0*.py"))
    assert len(STEPS) == len(files) - 1 >= 4


@pytest.mark.parametrize(("old", "new"), STEPS, ids=[new for _, new in STEPS])
async def test_one_step_there_and_back_keeps_every_row(empty: str, old: str, new: str) -> None:
    await up(empty, old)
    assert set((await on(empty, fill, ROWS)).values()) == {ROWS}
    before, columns = await on(empty, content), await on(empty, names)
    await up(empty, new)
    there = await on(empty, content)
    assert {name: len(there[name]) for name in before} == dict.fromkeys(before, ROWS)
    now = await on(empty, names)
    shared = {table: [one for one in mine if one in now[table]] for table, mine in columns.items()}
    kept = await on(empty, content, shared)
    assert kept == {table: picked(before[table], columns[table], shared[table]) for table in shared}
    await downgrade(empty, old)
    assert await on(empty, names) == columns
    assert await on(empty, content) == before


def picked(rows: list[list[str]], columns: list[str], wanted: list[str]) -> list[list[str]]:
    """Return some of the columns of the rows."""
    return sorted([row[columns.index(name)] for name in wanted] for row in rows)


async def test_all_the_way_there_and_back(empty: str) -> None:
    """Rows of every age at once: each revision's tables get rows before the next comes."""
    for number, revision in enumerate(REVISIONS):
        await up(empty, revision)
        await on(empty, fill, ROWS, "x" * number)
    tables = set(await on(empty, names))
    assert tables == set(Base.metadata.tables)
    counts = {name: len(rows) for name, rows in (await on(empty, content)).items()}
    assert counts["messages"] == ROWS * len(REVISIONS)
    assert all(counts.values())
    for revision in REVISIONS[-2::-1]:
        await downgrade(empty, revision)
    first = {name: len(rows) for name, rows in (await on(empty, content)).items()}
    assert first == {name: ROWS * len(REVISIONS) for name in first}
    await up(empty, REVISIONS[-1])
    again = {name: len(rows) for name, rows in (await on(empty, content)).items()}
    assert again["messages"] == counts["messages"]
    await downgrade(empty, "base")
    assert await on(empty, names) == {}


async def test_a_filled_database_of_today_is_consistent(empty: str) -> None:
    for number, revision in enumerate(REVISIONS):
        await up(empty, revision)
        await on(empty, fill, ROWS, "x" * number)

    def orphans(db: sa.Connection) -> list[str]:
        found = []
        for table in Base.metadata.sorted_tables:
            for key in table.foreign_keys:
                query = (
                    sa.select(sa.func.count())
                    .select_from(table)
                    .where(
                        key.parent.is_not(None),
                        key.parent.not_in(sa.select(key.column)),
                    )
                )
                found += [f"{table.name}.{key.parent.name}"] if db.scalar(query) else []
        return found

    assert await on(empty, orphans) == []
