"""The handed-over cases of a conversation, in the database that the action server writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from assistant.cases import CASES, erase_cases, find_case, find_cases
from gateway.privacy.stores import STORE_SECONDS, StoreDown
from gateway.store.engine import Database

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


class CasesOfPeople:
    """The cases in the database at `url`, written as for the action server."""

    def __init__(self, url: str) -> None:
        self._database = Database(asynchronous(url))
        self._has_table = False

    async def read(self, conversation: str) -> list[dict[str, Any]]:
        """Return the cases, oldest first; raise StoreDown."""
        async with self._prepared(), self._database.reading() as db:
            return await db.run_sync(find_cases, conversation)

    async def get(self, number: int) -> dict[str, Any] | None:
        """Return a case by its number (sheet as lines, facts), None where it is gone.

        Raise StoreDown.
        """
        async with self._prepared(), self._database.reading() as db:
            return await db.run_sync(find_case, number)

    async def erase(self, conversation: str) -> None:
        """Empty the cases; their numbers stay. Raise StoreDown."""
        async with self._prepared(), self._database.writing() as db:
            await db.run_sync(erase_cases, conversation)

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()

    @asynccontextmanager
    async def _prepared(self) -> AsyncIterator[None]:
        """Make the table if the action server has not yet; end the block in time."""
        try:
            async with asyncio.timeout(STORE_SECONDS):
                if not self._has_table:
                    async with self._database.writing() as db:
                        await db.run_sync(
                            lambda connection: CASES.create(connection, checkfirst=True)
                        )
                    self._has_table = True
                yield
        except (SQLAlchemyError, OSError) as error:  # a TimeoutError is an OSError
            raise StoreDown(type(error).__name__) from error


def asynchronous(url: str) -> str:
    """Return `url` of an SQLite or PostgreSQL database with a driver for asyncio."""
    parts = make_url(url)
    driver = _DRIVERS[parts.get_backend_name()]
    return parts.set(drivername=driver).render_as_string(hide_password=False)
