"""What is noted of each turn for review and figures; see gateway/store/reading_tables.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.schemas import Heard
from gateway.store.engine import Database
from gateway.store.reading_tables import GuideEventRow, TurnRow
from gateway.store.tables import ConversationRow, MessageRow, now

LONGEST_VALUE = 80
# Made once, as in history.py.
_ADD_TURN = insert(TurnRow)
_ADD_EVENTS = insert(GuideEventRow)


async def note_turn(
    db: AsyncConnection, conversation: str, message: str, at: datetime, heard: Heard
) -> None:
    """Note what was `heard` in a message; within the transaction that settles it."""
    owner = {"message_id": message, "conversation_id": conversation}
    of_turn = heard.model_dump(exclude={"events"})
    await db.execute(_ADD_TURN, {**owner, **of_turn, "at": at})
    events = [
        {**owner, "n": n, "at": at, "kind": e.kind, "situation": e.situation, "check_id": e.check,
         "value": e.value[:LONGEST_VALUE] if e.value else None}
        for n, e in enumerate(heard.events)
    ]  # fmt: skip
    if events:
        await db.execute(_ADD_EVENTS, events)


class Openings:
    """Notes which of the articles that were offered somebody opened."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, conversation: str, seq: int, place: int) -> bool:
        """Note that article number `place` (from 0) of message `seq` was opened, once.

        False where that message offers no such article.
        """
        # The conversation first, as everywhere: two that lock in another order wait for ever.
        lock = select(ConversationRow.id).where(ConversationRow.id == conversation)
        offer = select(MessageRow.id, MessageRow.parts, MessageRow.reply_to).where(
            MessageRow.conversation_id == conversation,
            MessageRow.seq == seq,
            MessageRow.sender != "user",
        )
        async with self._database.writing() as db:
            await db.execute(lock.with_for_update())
            row = (await db.execute(offer)).first()
            article = _article(row.parts, place) if row else None
            if row is None or article is None:
                return False
            key = (GuideEventRow.message_id == row.id, GuideEventRow.n == place)
            if await db.scalar(select(GuideEventRow.n).where(*key)) is None:
                await _add_opening(db, conversation, row, place, article)
        return True


async def _add_opening(
    db: AsyncConnection, conversation: str, row: Any, place: int, article: str
) -> None:
    turn = select(TurnRow.situation).where(TurnRow.message_id == row.reply_to)
    values = {
        "message_id": row.id,
        "n": place,
        "conversation_id": conversation,
        "at": now(),
        "kind": "opened",
        "situation": await db.scalar(turn),
        "value": article,
    }
    await db.execute(insert(GuideEventRow).values(**values))


def _article(parts: dict[str, Any], place: int) -> str | None:
    """Return the id of an offered article; a link that is no article goes by its title."""
    offered = parts.get("articles") or []
    if not place < len(offered):
        return None
    article = offered[place]
    return str(article.get("id") or article["title"])[:LONGEST_VALUE]
