"""Places that conversations are delivered to, and how far each got. One transaction a method.

Nothing is queued: what is to be delivered is what a place's cursors have not passed, read from the
messages and the cases themselves, so it cannot be lost and comes in order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection
from ulid import ULID

from gateway.store.desk_tables import DeliveryRow, HandoffRow
from gateway.store.engine import Database
from gateway.store.tables import ConversationRow, now
from gateway.store.values import Delivery, Destination, Handoff

DELIVERY = (
    DeliveryRow.id,
    DeliveryRow.conversation_id,
    DeliveryRow.case_number,
    DeliveryRow.sink,
    DeliveryRow.address,
    DeliveryRow.memory,
    DeliveryRow.seen_seq,
    DeliveryRow.seen_event,
    DeliveryRow.attempts,
    DeliveryRow.attempting,
)
_FREE: dict[str, Any] = {"leased_by": None, "leased_until": None}


def key_of(sink: str, key: str) -> str:
    """Return the hash under which a place is known."""
    return hashlib.sha256(f"{sink}\n{key}".encode()).hexdigest()


async def add_deliveries(
    db: AsyncConnection, handoff: Handoff, destinations: Sequence[Destination], seq: int
) -> None:
    """Let each of `destinations` hear of a case: events and messages from now (`seq`) on.

    Those that hear of it already go on where they are.
    """
    keys = {key_of(place.sink, place.key): place for place in destinations}
    known = set(await db.scalars(select(DeliveryRow.key).where(DeliveryRow.key.in_(keys))))
    for key in keys.keys() - known:
        await add_delivery(db, handoff.conversation, keys[key], handoff, seq)


async def add_delivery(
    db: AsyncConnection,
    conversation: str,
    place: Destination,
    handoff: Handoff | None = None,
    seen_seq: int = 0,
) -> str:
    """Store a place that hears of a conversation from after `seen_seq` on; return its id.

    With a `handoff`, of its case too, from its next event on.
    """
    row = {
        "id": str(ULID()),
        "conversation_id": conversation,
        "case_number": handoff.case if handoff else None,
        "sink": place.sink,
        "key": key_of(place.sink, place.key),
        "address": place.address,
        "memory": {},
        "created_at": now(),
        "seen_seq": seen_seq,
        "seen_event": handoff.events if handoff else 0,
        "attempts": 0,
    }
    await db.execute(insert(DeliveryRow).values(**row))
    return str(row["id"])


@dataclass(frozen=True)
class Overdue:
    """How many places of a sink wait for something, and how many of them failed at it."""

    waiting: int = 0
    failing: int = 0


class Deliveries:
    """Deliveries as one courier sees them: `owner` is its id, a ULID."""

    def __init__(self, database: Database, owner: str, lease_seconds: float) -> None:
        self._database = database
        self._owner = owner
        self._lease = timedelta(seconds=lease_seconds)

    async def find(self, sink: str, key: str) -> Delivery | None:
        """Return the delivery of a place, or None."""
        return await self._first(DeliveryRow.key == key_of(sink, key))

    async def get(self, id: str) -> Delivery | None:
        """Return a delivery by its id, or None where it was erased."""
        return await self._first(DeliveryRow.id == id)

    async def of_case(self, case: int, sink: str) -> Delivery | None:
        """Return where `sink` shows a case, or None."""
        return await self._first(DeliveryRow.case_number == case, DeliveryRow.sink == sink)

    async def ready(self, sinks: Sequence[str], limit: int) -> list[str]:
        """Return deliveries of `sinks` with something to deliver, that nobody has, and are due."""
        query = (
            select(DeliveryRow.id)
            .join(ConversationRow, ConversationRow.id == DeliveryRow.conversation_id)
            .outerjoin(HandoffRow, HandoffRow.case_number == DeliveryRow.case_number)
            .where(DeliveryRow.sink.in_(sinks), _behind(), *_free())
            .order_by(DeliveryRow.retry_at.nulls_first(), DeliveryRow.id)
            .limit(limit)
        )
        async with self._database.reading() as db:
            return list(await db.scalars(query))

    async def claim(self, id: str) -> Delivery | None:
        """Take a delivery; None where another courier has it or its next try is not due."""
        values = {"leased_by": self._owner, "leased_until": now() + self._lease}
        change = update(DeliveryRow).where(DeliveryRow.id == id, *_free()).values(**values)
        query = select(*DELIVERY).where(DeliveryRow.id == id)
        async with self._database.writing() as db:
            if not (await db.execute(change)).rowcount:
                return None
            row = (await db.execute(query)).one()
        return Delivery(*row)

    async def begin(self, delivery: Delivery, item: str) -> bool:
        """Note that `item` is being sent, and renew the lease; False where it was lost."""
        values = {"attempting": item, "leased_until": now() + self._lease}
        return await self._change(delivery, **values)

    async def done(
        self, delivery: Delivery, seen_seq: int, seen_event: int, memory: dict[str, Any]
    ) -> bool:
        """Move the cursors past what was sent and keep `memory`; False where the lease is lost."""
        values = {"seen_seq": seen_seq, "seen_event": seen_event, "memory": memory}
        return await self._change(
            delivery, **values, attempting=None, attempts=0, fault=None, retry_at=None
        )

    async def fail(
        self, delivery: Delivery, fault: str, retry_at: datetime, *, uncertain: bool
    ) -> None:
        """Note a failure and let go until `retry_at`; `uncertain` where it may have arrived."""
        changes = {} if uncertain else {"attempting": None}
        attempts = delivery.attempts + 1
        await self._change(
            delivery, attempts=attempts, fault=fault[:80], retry_at=retry_at, **_FREE, **changes
        )

    async def let_go(self, delivery: Delivery) -> None:
        """Let others have the delivery."""
        await self._change(delivery, **_FREE)

    async def free_all(self, everyone: bool = False) -> None:
        """Free what is ours; with `everyone`, what dead processes had too (if all others are)."""
        mine = true() if everyone else DeliveryRow.leased_by == self._owner
        change = update(DeliveryRow).where(DeliveryRow.leased_by.is_not(None), mine)
        async with self._database.writing() as db:
            await db.execute(change.values(**_FREE))

    async def overdue(self, sinks: Sequence[str]) -> dict[str, Overdue]:
        """Return, for each of `sinks`, how many places have something to come, or fail at it."""
        query = (
            select(DeliveryRow.sink, func.count(), func.count(DeliveryRow.fault))
            .join(ConversationRow, ConversationRow.id == DeliveryRow.conversation_id)
            .outerjoin(HandoffRow, HandoffRow.case_number == DeliveryRow.case_number)
            .where(DeliveryRow.sink.in_(sinks), _behind())
            .group_by(DeliveryRow.sink)
        )
        async with self._database.reading() as db:
            found = {sink: Overdue(*counts) for sink, *counts in await db.execute(query)}
        return {sink: found.get(sink, Overdue()) for sink in sinks}

    async def _first(self, *which: Any) -> Delivery | None:
        async with self._database.reading() as db:
            row = (await db.execute(select(*DELIVERY).where(*which).limit(1))).first()
        return Delivery(*row) if row else None

    async def _change(self, delivery: Delivery, **values: Any) -> bool:
        change = update(DeliveryRow).where(
            DeliveryRow.id == delivery.id, DeliveryRow.leased_by == self._owner
        )
        async with self._database.writing() as db:
            return bool((await db.execute(change.values(**values))).rowcount)


def _behind() -> Any:
    """Whether a place has not got all: its conversation, or its case, is further."""
    event = and_(HandoffRow.case_number.is_not(None), HandoffRow.events > DeliveryRow.seen_event)
    return or_(ConversationRow.last_seq > DeliveryRow.seen_seq, event)


def _free() -> Sequence[Any]:
    time = now()
    return (
        or_(DeliveryRow.leased_until.is_(None), DeliveryRow.leased_until <= time),
        or_(DeliveryRow.retry_at.is_(None), DeliveryRow.retry_at <= time),
    )
