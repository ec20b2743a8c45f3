"""What alembic runs: within the gateway's transaction, or by itself for `make migration`."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from gateway.settings import Settings
from gateway.store.engine import WRITES, open_engine
from gateway.store.tables import Base, UtcTime


def _render(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our type for times as the one of SQLAlchemy: a migration must not change later."""
    is_time = kind == "type" and isinstance(thing, UtcTime)
    return "sa.DateTime(timezone=True)" if is_time else False


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_render,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _migrate_alone() -> None:
    engine = open_engine(Settings.from_env().database, migrating=True)
    async with engine.execution_options(**WRITES).begin() as db:
        await db.run_sync(_migrate)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(_migrate_alone())
else:
    _migrate(given)
