"""Conversations that agents hold in Slack or Teams, and which events of those were taken.

Within a transaction that somebody else opened.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from ulid import ULID

from gateway.store.deliveries import add_delivery, key_of
from gateway.store.desk_tables import DeliveryRow, PlatformEventRow
from gateway.store.tables import ConversationRow, MessageRow, VisitorRow, now
from gateway.store.values import Destination

# Both platforms stop repeating an event well within a day.
KEPT = timedelta(hours=24)


async def find_talk(db: AsyncConnection, place: Destination) -> tuple[str, str] | None:
    """Return the conversation and the delivery of a place, or None."""
    query = select(DeliveryRow.conversation_id, DeliveryRow.id).where(
        DeliveryRow.key == key_of(place.sink, place.key)
    )
    row = (await db.execute(query)).first()
    return (row[0], row[1]) if row else None


async def open_talk(db: AsyncConnection, place: Destination) -> tuple[str, str]:
    """Store a conversation for a place, whose answers are delivered there.

    Raises IntegrityError where it has one already.
    """
    visitor, conversation = str(ULID()), str(ULID())
    await db.execute(insert(VisitorRow).values(id=visitor, created_at=now()))
    await db.execute(insert(ConversationRow).values(id=conversation, visitor_id=visitor))
    return conversation, await add_delivery(db, conversation, place)


async def asked_before(
    db: AsyncConnection, conversation: str, seq: int
) -> tuple[str, str | None] | None:
    """Return the newest words typed up to message `seq`, and the situation that is open now."""
    query = (
        select(MessageRow.text, ConversationRow.guide)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(
            MessageRow.conversation_id == conversation,
            MessageRow.seq <= seq,
            MessageRow.sender == "user",
            MessageRow.choice_id.is_(None),
        )
        .order_by(MessageRow.seq.desc())
        .limit(1)
    )
    row = (await db.execute(query)).first()
    return (row[0], (row[1] or {}).get("situation")) if row else None


def event_id(sink: str, event: str) -> str:
    """Return the key under which a platform's event is noted."""
    return hashlib.sha256(f"{sink} {event}".encode()).hexdigest()


async def take_event(db: AsyncConnection, id: str) -> bool:
    """Note that an event was taken; False where it was before."""
    try:
        async with db.begin_nested():
            await db.execute(insert(PlatformEventRow).values(id=id, at=now()))
    except IntegrityError:
        return False
    return True


async def clean_events(db: AsyncConnection) -> None:
    """Forget events that no platform repeats any more."""
    await db.execute(delete(PlatformEventRow).where(PlatformEventRow.at < now() - KEPT))
