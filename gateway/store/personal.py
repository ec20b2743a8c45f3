"""Everything that the store keeps about one visitor, whichever table it is in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select

from gateway.store.engine import Database
from gateway.store.tables import Base, ErasureRow, FeedbackRow, MessageRow, VisitorRow

# The gateway's own affair: what Rasa is sent for a choice, where and how a place is delivered to.
_OURS = frozenset({"to_rasa", "via", "address", "memory", "key"})
# Others' data: who of the team did something. Their name was shown to the person, and stays.
_AGENTS = frozenset({"holder_id", "who_id", "by"})
_INTERNAL = _OURS | _AGENTS


def rows_of(visitor: str, conversation: str) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Return each table with the condition for what is theirs, those that refer to others first.

    A new table counts as soon as it has a `conversation_id` or a `visitor_id`.
    """
    for table in reversed(Base.metadata.sorted_tables):
        if table.name == ErasureRow.__tablename__:
            continue  # the tombstone: an id alone, and the proof that the rest is gone
        if table.name == VisitorRow.__tablename__:
            yield table, table.c.id == visitor
        elif "conversation_id" in table.c:
            yield table, table.c.conversation_id == conversation
        elif "visitor_id" in table.c:
            yield table, table.c.visitor_id == visitor


@dataclass(frozen=True)
class Kept:
    """How much is kept of a visitor, and since when."""

    since: datetime
    messages: int
    feedback: int


class Personal:
    """Reads what is kept about visitors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def kept(self, visitor: str, conversation: str) -> Kept | None:
        """Return how much is kept, or None where they were erased."""
        since = select(VisitorRow.created_at).where(VisitorRow.id == visitor)
        counts = [
            select(func.count()).where(row.conversation_id == conversation)
            for row in (MessageRow, FeedbackRow)
        ]
        async with self._database.reading() as db:
            found = await db.scalar(since)
            messages, feedback = [int(await db.scalar(count) or 0) for count in counts]
        return Kept(found, messages, feedback) if found else None

    async def export(self, visitor: str, conversation: str) -> dict[str, list[dict[str, Any]]]:
        """Return all rows that are theirs, by the name of the table, but for what is not theirs."""
        found = {}
        async with self._database.reading() as db:
            for table, theirs in rows_of(visitor, conversation):
                columns = [column for column in table.c if column.name not in _INTERNAL]
                order = table.c.seq if "seq" in table.c else table.primary_key.columns[0]
                rows = await db.execute(select(*columns).where(theirs).order_by(order))
                found[table.name] = [dict(row) for row in rows.mappings()]
        return found
