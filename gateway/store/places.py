"""Deliveries, found by what a platform says of where something was written."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select, update

from gateway.store.deliveries import DELIVERY
from gateway.store.desk_tables import DeliveryRow
from gateway.store.engine import Database
from gateway.store.tables import ConversationRow, MessageRow
from gateway.store.values import Delivery


class Places:
    """Reads deliveries of one `sink`, and what its outlet remembers of them."""

    def __init__(self, database: Database, sink: str) -> None:
        self._database = database
        self._sink = sink

    async def get(self, id: str) -> Delivery | None:
        """Return a delivery by its id, or None."""
        query = select(*DELIVERY).where(DeliveryRow.id == id, DeliveryRow.sink == self._sink)
        async with self._database.reading() as db:
            row = (await db.execute(query)).first()
        return Delivery(*row) if row else None

    async def keep(self, id: str, memory: dict[str, Any]) -> None:
        """Store what an outlet remembers at once, before the rest of its item is delivered."""
        change = update(DeliveryRow).where(DeliveryRow.id == id).values(memory=memory)
        async with self._database.writing() as db:
            await db.execute(change)

    async def case_in(self, thread: str) -> Delivery | None:
        """Return the delivery of the case whose outlet remembers `thread` as its thread."""
        query = select(*DELIVERY).where(
            DeliveryRow.sink == self._sink,
            DeliveryRow.case_number.is_not(None),
            DeliveryRow.memory["thread"].as_string() == thread,
        )
        async with self._database.reading() as db:
            row = (await db.execute(query)).first()
        return Delivery(*row) if row else None

    async def spoke_last(self, person: str) -> tuple[Delivery, int] | None:
        """Return the talk of a person in which something was said last, and that message's seq."""
        query = (
            select(*DELIVERY, MessageRow.seq)
            .join(ConversationRow, ConversationRow.id == DeliveryRow.conversation_id)
            .join(
                MessageRow,
                and_(
                    MessageRow.conversation_id == ConversationRow.id,
                    MessageRow.seq == ConversationRow.last_seq,
                ),
            )
            .where(
                DeliveryRow.sink == self._sink,
                DeliveryRow.case_number.is_(None),
                DeliveryRow.address["person"].as_string() == person,
            )
            .order_by(MessageRow.created_at.desc())
            .limit(1)
        )
        async with self._database.reading() as db:
            row = (await db.execute(query)).first()
        return (Delivery(*row[:-1]), row[-1]) if row else None
