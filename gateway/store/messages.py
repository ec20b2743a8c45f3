"""Rows of messages within a transaction that somebody else opened."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from ulid import ULID

from gateway.schemas import OutgoingMessage
from gateway.store.tables import ChoiceRow, ConversationRow, MessageRow, now
from gateway.store.values import NewMessage, Reply
from gateway.store.views import outgoing


async def find_repeat(
    db: AsyncConnection, conversation: str, client_id: str
) -> OutgoingMessage | None:
    """Return the user's message that came with `client_id` before, if one did."""
    query = select(*MessageRow.__table__.columns).where(
        MessageRow.conversation_id == conversation, MessageRow.client_id == client_id
    )
    row = (await db.execute(query)).mappings().first()
    return outgoing(row, None) if row else None


async def advance(
    db: AsyncConnection, conversation: str, by: int, *only_if: Any, **changes: Any
) -> int | None:
    """Raise the conversation's `last_seq`, lock its row, and return the number it now has.

    None where there is no such conversation, or `only_if` does not hold.
    """
    change = (
        update(ConversationRow)
        .where(ConversationRow.id == conversation, *only_if)
        .values(last_seq=ConversationRow.last_seq + by, changed_at=now(), **changes)
        .returning(ConversationRow.last_seq)
    )
    return (await db.execute(change)).scalar_one_or_none()


async def add_user_message(
    db: AsyncConnection, conversation: str, seq: int, new: NewMessage
) -> OutgoingMessage:
    """Store a message of the user's, to be answered."""
    id = str(ULID())
    choice = new.choice
    row = {
        "id": id,
        "conversation_id": conversation,
        "seq": seq,
        "sender": "user",
        "text": new.shown,
        "parts": {},
        "mark": None,
        "created_at": now(),
        "client_id": new.client_id,
        "state": "pending",
        "to_rasa": new.to_rasa,
        "turn_id": choice.turn_id if choice and choice.turn_id else id,
        "page": new.page,
        "choice_id": choice.id if choice else None,
        "request_id": new.request_id,
    }
    await db.execute(insert(MessageRow), row)
    return outgoing(row, None)


async def add_replies(
    db: AsyncConnection,
    conversation: str,
    reply_to: str | None,
    last_seq: int,
    replies: Sequence[Reply],
) -> None:
    """Store answers to the message `reply_to`, the last of them as number `last_seq`.

    With None they answer nothing: the team or the gateway speaks by itself.
    """
    if not replies:
        return
    at = now()
    first = last_seq - len(replies) + 1
    rows = [
        {
            "id": str(ULID()),
            "conversation_id": conversation,
            "seq": seq,
            "sender": reply.sender,
            "text": reply.text,
            "parts": reply.parts,
            "mark": reply.mark,
            "created_at": at,
            "reply_to": reply_to,
            "via": reply.via,
            "version": reply.version,
            "model": reply.model,
        }
        for seq, reply in enumerate(replies, first)
    ]
    await db.execute(insert(MessageRow), rows)
    pairs = zip(rows, replies, strict=True)
    if choices := [c for row, reply in pairs for c in _choices(row["id"], conversation, reply)]:
        await db.execute(insert(ChoiceRow), choices)


async def add_system_turn(
    db: AsyncConnection, conversation: str, seq: int, shown: str, to_rasa: str
) -> None:
    """Store a message of the gateway's own that the assistant is to answer."""
    id = str(ULID())
    row = {
        "id": id,
        "conversation_id": conversation,
        "seq": seq,
        "sender": "system",
        "text": shown,
        "parts": {},
        "created_at": now(),
        "state": "pending",
        "to_rasa": to_rasa,
        "turn_id": id,
    }
    await db.execute(insert(MessageRow), row)


def _choices(message: Any, conversation: str, reply: Reply) -> Iterable[dict[str, Any]]:
    return (
        {
            "id": secrets.token_urlsafe(16),
            "conversation_id": conversation,
            "message_id": message,
            "position": position,
            "label": choice.label,
            "more": choice.more,
            "to_rasa": choice.to_rasa,
            "turn_id": choice.turn_id,
        }
        for position, choice in enumerate(reply.choices)
    )
