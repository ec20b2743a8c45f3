"""Erasing conversations, and the list of what was erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from gateway.store.engine import Database
from gateway.store.personal import rows_of
from gateway.store.tables import ConversationRow, ErasureRow, VisitorRow, now

Reason = Literal["asked", "retention"]
# So many ids are read by one statement, however many there are.
PAGE = 5000


@dataclass(frozen=True)
class Erasure:
    """A conversation that is gone from here; `left` names the stores that may still have it."""

    conversation: str
    asked_at: datetime
    left: Sequence[str]


class Erasures:
    """Erases from the gateway's own tables; a method is one transaction, or one for each page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase(
        self,
        conversation: str,
        reason: Reason,
        left: Sequence[str],
        unchanged_since: datetime | None = None,
    ) -> bool:
        """Delete everything about the conversation and its visitor, and note the erasure.

        `left` names the other stores that are to follow. Nothing is done, and False returned,
        where there is no such conversation, or it was changed after `unchanged_since`.
        """
        query = (
            select(VisitorRow.id)
            .join(ConversationRow, ConversationRow.visitor_id == VisitorRow.id)
            .where(ConversationRow.id == conversation)
            # Both rows: whoever adds a message or a session waits, and then finds neither.
            .with_for_update()
        )
        if unchanged_since:
            query = query.where(ConversationRow.changed_at < unchanged_since)
        async with self._database.writing() as db:
            visitor = await db.scalar(query)
            if visitor is None:
                return False
            for table, theirs in rows_of(visitor, conversation):
                await db.execute(delete(table).where(theirs))
            await _note(db, conversation, reason, left)
        return True

    async def open(self, after: str, limit: int) -> list[Erasure]:
        """Return what other stores are still to erase: at most `limit`, ids higher than `after`."""
        query = (
            select(ErasureRow.conversation_id, ErasureRow.asked_at, ErasureRow.left)
            .where(ErasureRow.done_at.is_(None), ErasureRow.conversation_id > after)
            .order_by(ErasureRow.conversation_id)
            .limit(limit)
        )
        async with self._database.reading() as db:
            return [Erasure(*row) for row in await db.execute(query)]

    async def settle(self, conversation: str, left: Sequence[str]) -> None:
        """Note which stores are still to erase it; with none left it is done."""
        change = update(ErasureRow).where(ErasureRow.conversation_id == conversation)
        values = {"left": list(left), "done_at": None if left else now()}
        async with self._database.writing() as db:
            await db.execute(change.values(**values))

    async def unchanged_since(self, limit: datetime, batch: int) -> list[str]:
        """Return conversations whose last change is older than `limit`, oldest first."""
        query = (
            select(ConversationRow.id)
            .where(ConversationRow.changed_at < limit)
            .order_by(ConversationRow.changed_at)
            .limit(batch)
        )
        async with self._database.reading() as db:
            return list(await db.scalars(query))

    async def come_back(self) -> list[str]:
        """Return conversations that were erased and are there again, as after a restored backup."""
        query = select(ConversationRow.id).join(
            ErasureRow, ErasureRow.conversation_id == ConversationRow.id
        )
        async with self._database.reading() as db:
            return list(await db.scalars(query))

    async def here(self) -> list[str]:
        """Return every conversation that is stored."""
        return await self._ids(select(ConversationRow.id), ConversationRow.id)

    async def erased(self, since: datetime | None = None) -> list[str]:
        """Return the conversations erased (since then), for whoever keeps copies of their texts."""
        query = select(ErasureRow.conversation_id)
        if since:
            query = query.where(ErasureRow.asked_at >= since)
        return await self._ids(query, ErasureRow.conversation_id)

    async def _ids(self, query: Select[Any], key: InstrumentedAttribute[str]) -> list[str]:
        """Return all that a query finds by its key, page by page."""
        found: list[str] = []
        ordered, last = query.order_by(key).limit(PAGE), ""
        while True:
            async with self._database.reading() as db:
                page = list(await db.scalars(ordered.where(key > last)))
            found += page
            if len(page) < PAGE:
                return found
            last = page[-1]


async def _note(
    db: AsyncConnection, conversation: str, reason: Reason, left: Sequence[str]
) -> None:
    await db.execute(delete(ErasureRow).where(ErasureRow.conversation_id == conversation))
    done_at = None if left else now()
    values = {"reason": reason, "left": list(left), "done_at": done_at}
    await db.execute(insert(ErasureRow).values(conversation_id=conversation, **values))
