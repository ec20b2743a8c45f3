"""A conversation read again, from any number on. Every method is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, case, func, select, true
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

# Made once: making a statement, and finding out that it is the one of before, takes SQLAlchemy
# longer than SQLite takes to answer it, and each turn reads several pages.
_MINE = MessageRow.conversation_id == bindparam("conversation")
_ASKED = aliased(MessageRow)
_PENDING_SINCE = select(func.min(MessageRow.created_at)).where(_MINE, MessageRow.state == "pending")
_STANDS = select(
    ConversationRow.last_seq,
    case((ConversationRow.waiting == true(), _PENDING_SINCE.scalar_subquery())),
    ConversationRow.holder,
    ConversationRow.holder_name,
    ConversationRow.case_number,
).where(ConversationRow.id == bindparam("conversation"))
_MESSAGES = (
    select(
        *MessageRow.__table__.columns,
        _ASKED.seq.label("answers"),
        _ASKED.state.label("answers_state"),
        FeedbackRow.helpful,
    )
    .outerjoin(_ASKED, _ASKED.id == MessageRow.reply_to)
    .outerjoin(FeedbackRow, FeedbackRow.message_id == MessageRow.id)
    .where(_MINE, MessageRow.seq > bindparam("after"))
    .order_by(MessageRow.seq)
    .limit(bindparam("most"))
)
_CHOICES = (
    select(ChoiceRow.message_id, ChoiceRow.id, ChoiceRow.label, ChoiceRow.more)
    .join(MessageRow, MessageRow.id == ChoiceRow.message_id)
    .where(_MINE, MessageRow.seq.between(bindparam("first"), bindparam("last")))
    .order_by(ChoiceRow.message_id, ChoiceRow.position)
)
_HEADS = select(ConversationRow.id, ConversationRow.last_seq).where(
    ConversationRow.id.in_(bindparam("ids", expanding=True))
)
_VALID = select(SessionRow.id).where(
    SessionRow.id.in_(bindparam("ids", expanding=True)), SessionRow.revoked_at.is_(None)
)


class History:
    """Reads conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, conversation: str, after: int, limit: int = MOST_AT_ONCE) -> Page | None:
        """Return at most `limit` messages whose `seq` is higher than `after`, in order.

        None where there is no such conversation.
        """
        async with self._database.reading(brief=True) as db:
            found = (await db.execute(_STANDS, {"conversation": conversation})).first()
            if found is None:
                return None
            last, since = found[:2]
            held = Held(*found[2:])  # type: ignore[arg-type]
            rows = await _messages(db, conversation, after, limit) if last > after else []
            choices = await _choices(db, conversation, rows)
        messages = [outgoing(row, choices.get(row["id"])) for row in rows]
        return Page(messages, _settled(rows), last, since, held)

    async def heads(self, conversations: Collection[str]) -> dict[str, int]:
        """Return the newest `seq` of each conversation; those that are gone are missing."""
        found: dict[str, int] = {}
        ids = sorted(conversations)
        async with self._database.reading() as db:
            for start in range(0, len(ids), _IDS):
                some = {"ids": ids[start : start + _IDS]}
                found |= {row.id: row.last_seq for row in await db.execute(_HEADS, some)}
        return found

    async def revoked(self, sessions: Collection[str]) -> set[str]:
        """Return those of `sessions` that were revoked, or deleted since."""
        valid: set[str] = set()
        ids = sorted(sessions)
        async with self._database.reading() as db:
            for start in range(0, len(ids), _IDS):
                valid |= set(await db.scalars(_VALID, {"ids": ids[start : start + _IDS]}))
        return set(sessions) - valid


async def _messages(
    db: AsyncConnection, conversation: str, after: int, limit: int
) -> Sequence[_Row]:
    place = {"conversation": conversation, "after": after, "most": limit}
    return (await db.execute(_MESSAGES, place)).mappings().all()


async def _choices(
    db: AsyncConnection, conversation: str, rows: Sequence[_Row]
) -> dict[str, list[OutgoingChoice]]:
    if all(row["sender"] == "user" for row in rows):
        return {}
    place = {"conversation": conversation, "first": rows[0]["seq"], "last": rows[-1]["seq"]}
    found: dict[str, list[OutgoingChoice]] = {}
    for owner, id, label, more in await db.execute(_CHOICES, place):
        found.setdefault(owner, []).append(OutgoingChoice(id=id, label=label, more=more))
    return found


def _settled(rows: Sequence[_Row]) -> dict[int, State]:
    return {row["answers"]: row["answers_state"] for row in rows if row["answers"]}
