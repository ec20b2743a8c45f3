"""Which delivery a button or a thread of Slack belongs to. Every method is one transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from gateway.store.desk_tables import DeliveryRow
from gateway.store.engine import Database
from gateway.store.tables import ChoiceRow


class Threads:
    """Finds deliveries of `sink`, as their ids."""

    def __init__(self, database: Database, sink: str) -> None:
        self._database = database
        self._sink = sink

    async def of_choice(self, choice: str) -> str | None:
        """Return the agent's own conversation in which a choice was offered, or None."""
        return await self._find(
            DeliveryRow.conversation_id == ChoiceRow.conversation_id,
            ChoiceRow.id == choice,
            DeliveryRow.case_number.is_(None),
        )

    async def of_card(self, channel: str, ts: str) -> str | None:
        """Return the case whose card is the message `ts` of a channel, or None."""
        return await self._find(
            DeliveryRow.case_number.is_not(None),
            DeliveryRow.memory["card"].as_string() == ts,
            DeliveryRow.memory["channel"].as_string() == channel,
        )

    async def _find(self, *which: Any) -> str | None:
        query = select(DeliveryRow.id).where(DeliveryRow.sink == self._sink, *which).limit(1)
        async with self._database.reading() as db:
            return await db.scalar(query)
