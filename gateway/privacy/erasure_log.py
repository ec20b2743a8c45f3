"""Which conversations were erased, kept apart from every backup: a restored one is erased again.

It holds hashes of ids (80 random bits each) and times, so that it tells nothing about anybody. Its
database is never restored to an older state; that of the gateway is.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from gateway.privacy.stores import STORE_SECONDS, StoreDown
from gateway.store.engine import Database
from gateway.store.tables import UtcTime, now

_META = MetaData()
ERASED = Table(
    "erased",
    _META,
    Column("hash", String(64), primary_key=True),
    Column("at", UtcTime, nullable=False),
)
_BATCH = 500


def fingerprint(conversation: str) -> str:
    """Return what stands in the log for a conversation."""
    return hashlib.sha256(f"omni.erased.v1:{conversation}".encode()).hexdigest()


class ErasureLog:
    """Follows erasures as the other stores do, so that a failed note is tried again.

    STORE_SECONDS limit one batch, or one note: however many conversations there are, it gets on.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self._has_table = False

    async def read(self, conversation: str) -> list[dict[str, Any]]:
        """Return nothing: it has nothing of anybody."""
        return []

    async def erase(self, conversation: str) -> None:
        """Note that a conversation is erased, once; raise StoreDown."""
        await self.note([conversation])

    async def note(self, conversations: Iterable[str]) -> int:
        """Note those that are missing; return how many; raise StoreDown."""
        hashes = {fingerprint(one) for one in conversations}
        missing = hashes - await self._there(hashes)
        for one in missing:
            async with self._prepared():
                await self._add(one)
        return len(missing)

    async def known(self, conversations: Collection[str]) -> list[str]:
        """Return those of the conversations that were erased; raise StoreDown."""
        there = await self._there({fingerprint(one) for one in conversations})
        return [one for one in conversations if fingerprint(one) in there]

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()

    async def _there(self, hashes: Collection[str]) -> set[str]:
        found: set[str] = set()
        for some in _batches(hashes):
            query = select(ERASED.c.hash).where(ERASED.c.hash.in_(some))
            async with self._prepared(), self._database.reading() as db:
                found.update(await db.scalars(query))
        return found

    async def _add(self, hash: str) -> None:
        try:
            async with self._database.writing() as db:
                await db.execute(insert(ERASED).values(hash=hash, at=now()))
        except IntegrityError:  # another gateway did so at the same moment
            return

    @asynccontextmanager
    async def _prepared(self) -> AsyncIterator[None]:
        """Make the table where it is missing; end the block in time."""
        try:
            async with asyncio.timeout(STORE_SECONDS):
                if not self._has_table:
                    async with self._database.writing() as db:
                        await db.run_sync(_META.create_all)
                    self._has_table = True
                yield
        except (SQLAlchemyError, OSError) as error:  # a TimeoutError is an OSError
            raise StoreDown(type(error).__name__) from error


def _batches(hashes: Collection[str]) -> Iterator[list[str]]:
    listed = list(hashes)
    for start in range(0, len(listed), _BATCH):
        yield listed[start : start + _BATCH]
