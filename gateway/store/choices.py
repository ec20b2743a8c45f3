"""Which choices were offered, asked within a transaction that somebody else opened."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.store.tables import ChoiceRow, MessageRow
from gateway.store.values import OfferedChoice

_OFFERED = (ChoiceRow.id, ChoiceRow.label, ChoiceRow.to_rasa, ChoiceRow.turn_id)
# Made once, as in history.py.
_CHOICE = select(*_OFFERED).where(
    ChoiceRow.id == bindparam("choice"), ChoiceRow.conversation_id == bindparam("conversation")
)
_OFFERS = select(func.max(MessageRow.seq)).where(
    MessageRow.conversation_id == bindparam("conversation"),
    exists().where(ChoiceRow.message_id == MessageRow.id),
)
_OFFERED_SINCE = _OFFERS.where(MessageRow.seq > bindparam("seen"))


async def find_choice(db: AsyncConnection, conversation: str, choice: str) -> OfferedChoice | None:
    """Return the choice, if it was offered in that conversation."""
    row = (await db.execute(_CHOICE, {"choice": choice, "conversation": conversation})).first()
    return OfferedChoice(*row) if row else None


async def find_retry(db: AsyncConnection, conversation: str) -> OfferedChoice | None:
    """Return the offer to repeat a turn, if the last message of `conversation` made it."""
    newest = select(func.max(MessageRow.seq)).where(MessageRow.conversation_id == conversation)
    offered = await _offered_at(db, conversation, MessageRow.seq == newest.scalar_subquery())
    return next((choice for choice in offered if choice.turn_id), None)


async def replaced_since(db: AsyncConnection, conversation: str, seen: int) -> list[OfferedChoice]:
    """Return what was on offer to someone who had read up to `seen`, if more was offered since.

    Empty where nothing was offered after `seen`: then the newest choices are the ones they saw.
    """
    place = {"conversation": conversation, "seen": seen}
    if not await db.scalar(_OFFERED_SINCE, place):
        return []
    offers = _OFFERS.where(MessageRow.seq <= bindparam("seen"))
    newest_seen = offers.params(place).scalar_subquery()
    return await _offered_at(db, conversation, MessageRow.seq == newest_seen)


async def _offered_at(
    db: AsyncConnection, conversation: str, place: ColumnElement[bool]
) -> list[OfferedChoice]:
    query = (
        select(*_OFFERED)
        .join(MessageRow, MessageRow.id == ChoiceRow.message_id)
        .where(MessageRow.conversation_id == conversation, place)
        .order_by(ChoiceRow.position)
    )
    return [OfferedChoice(*row) for row in await db.execute(query)]
