"""A conversation read again, from any number on. Every method is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from gateway.schemas import OutgoingChoice
from gateway.store.engine import Database
from gateway.store.tables import ChoiceRow, ConversationRow, FeedbackRow, MessageRow, SessionRow
from gateway.store.values import Held, Page, State
from gateway.store.views import outgoing

MOST_AT_ONCE = 200
# As many ids as any database takes in one question.
_IDS = 500
_Row = Mapping[Any, Any]


class History:
    """Reads conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, conversation: str, after: int, limit: int = MOST_AT_ONCE) -> Page | None:
        """Return at most `limit` messages whose `seq` is higher than `after`, in order.

        None where there is no such conversation.
        """
        row = ConversationRow
        holder = (row.holder, row.holder_name, row.case_number)
        stands = select(row.last_seq, row.waiting, *holder).where(row.id == conversation)
        async with self._database.reading() as db:
            found = (await db.execute(stands)).first()
            if found is None:
                return None
            last, waiting = found[:2]
            held = Held(*found[2:])  # type: ignore[arg-type]
            rows = await _messages(db, conversation, after, limit) if last > after else []
            choices = await _choices(db, conversation, rows)
            since = await _pending_since(db, conversation) if waiting else None
        messages = [outgoing(row, choices.get(row["id"])) for row in rows]
        return Page(messages, _settled(rows), last, since, held)

    async def heads(self, conversations: Collection[str]) -> dict[str, int]:
        """Return the newest `seq` of each conversation; those that are gone are missing."""
        found: dict[str, int] = {}
        ids = sorted(conversations)
        async with self._database.reading() as db:
            for start in range(0, len(ids), _IDS):
                query = select(ConversationRow.id, ConversationRow.last_seq).where(
                    ConversationRow.id.in_(ids[start : start + _IDS])
                )
                found |= {row.id: row.last_seq for row in await db.execute(query)}
        return found

    async def revoked(self, sessions: Collection[str]) -> set[str]:
        """Return those of `sessions` that were revoked."""
        found: set[str] = set()
        ids = sorted(sessions)
        async with self._database.reading() as db:
            for start in range(0, len(ids), _IDS):
                query = select(SessionRow.id).where(
                    SessionRow.id.in_(ids[start : start + _IDS]), SessionRow.revoked_at.is_not(None)
                )
                found |= set(await db.scalars(query))
        return found


async def _messages(
    db: AsyncConnection, conversation: str, after: int, limit: int
) -> Sequence[_Row]:
    asked = aliased(MessageRow)
    query = (
        select(
            *MessageRow.__table__.columns,
            asked.seq.label("answers"),
            asked.state.label("answers_state"),
            FeedbackRow.helpful,
        )
        .outerjoin(asked, asked.id == MessageRow.reply_to)
        .outerjoin(FeedbackRow, FeedbackRow.message_id == MessageRow.id)
        .where(MessageRow.conversation_id == conversation, MessageRow.seq > after)
        .order_by(MessageRow.seq)
        .limit(limit)
    )
    return (await db.execute(query)).mappings().all()


async def _choices(
    db: AsyncConnection, conversation: str, rows: Sequence[_Row]
) -> dict[str, list[OutgoingChoice]]:
    if all(row["sender"] == "user" for row in rows):
        return {}
    query = (
        select(ChoiceRow.message_id, ChoiceRow.id, ChoiceRow.label, ChoiceRow.more)
        .join(MessageRow, MessageRow.id == ChoiceRow.message_id)
        .where(
            MessageRow.conversation_id == conversation,
            MessageRow.seq.between(rows[0]["seq"], rows[-1]["seq"]),
        )
        .order_by(ChoiceRow.message_id, ChoiceRow.position)
    )
    found: dict[str, list[OutgoingChoice]] = {}
    for owner, id, label, more in await db.execute(query):
        found.setdefault(owner, []).append(OutgoingChoice(id=id, label=label, more=more))
    return found


async def _pending_since(db: AsyncConnection, conversation: str) -> datetime | None:
    query = select(func.min(MessageRow.created_at)).where(
        MessageRow.conversation_id == conversation, MessageRow.state == "pending"
    )
    return await db.scalar(query)


def _settled(rows: Sequence[_Row]) -> dict[int, State]:
    return {row["answers"]: row["answers_state"] for row in rows if row["answers"]}
