"""What agents said conversations were about: labelled examples for the trainers."""

from __future__ import annotations

from sqlalchemy import insert
from ulid import ULID

from gateway.store.desk_tables import LabelRow
from gateway.store.engine import Database
from gateway.store.tables import now


class Labels:
    """Writes labels; a conversation's are erased with it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, conversation: str, text: str, taken_for: str | None, situation: str, by: str
    ) -> None:
        """Store that `text`, taken for one situation, was about another."""
        row = {"text": text, "taken_for": taken_for, "situation": situation, "by": by}
        values = {"id": str(ULID()), "conversation_id": conversation, "at": now(), **row}
        async with self._database.writing() as db:
            await db.execute(insert(LabelRow).values(**values))
