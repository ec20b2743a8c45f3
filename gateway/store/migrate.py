"""Bring a database's tables up to date, or back, with what stands in gateway/migrations/."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text

from gateway.store.engine import WRITES, Database, open_engine

CONFIG = Path(__file__).parents[1] / "migrations" / "alembic.ini"
NEWEST = "head"
# What databases from before there were migrations have.
FIRST = "0001"
# Any number will do, as long as no other program locks it.
_LOCK = 4_116_004


async def migrate(database: Database, target: str = NEWEST) -> None:
    """Run the migrations that `database` lacks, up to `target`, in one transaction.

    With several gateways on PostgreSQL, one does it while the others wait.
    """
    await _run(database.url, _upgrade, target)


async def downgrade(url: str, target: str) -> None:
    """Undo the migrations after `target`; what only the newer tables can hold is lost."""
    await _run(url, command.downgrade, target)


async def _run(url: str, change: object, target: str) -> None:
    engine = open_engine(url, migrating=True).execution_options(**WRITES)
    try:
        async with engine.begin() as db:
            if engine.dialect.name == "postgresql":
                await db.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            await db.run_sync(_apply, change, target)
    finally:
        await engine.dispose()


def _apply(connection: Connection, change: object, target: str) -> None:
    config = Config(CONFIG)
    config.attributes["connection"] = connection
    change(config, target)  # type: ignore[operator]


def _upgrade(config: Config, target: str) -> None:
    tables = inspect(config.attributes["connection"]).get_table_names()
    if "conversations" in tables and "alembic_version" not in tables:
        command.stamp(config, FIRST)
    command.upgrade(config, target)
