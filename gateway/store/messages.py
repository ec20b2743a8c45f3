"""Rows of messages within a transaction that somebody else opened."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate
from ulid import ULID

from gateway.schemas import OutgoingMessage
from gateway.store.tables import ChoiceRow, ConversationRow, MessageRow, now
from gateway.store.values import NewMessage, Reply
from gateway.store.views import outgoing

# Made once, as in history.py.
_ADD = insert(MessageRow)
_ADD_CHOICES = insert(ChoiceRow)
_BY_CLIENT_ID = select(*MessageRow.__table__.columns).where(
    MessageRow.conversation_id == bindparam("conversation"),
    MessageRow.client_id == bindparam("client"),
)


@dataclass(frozen=True)
class LeasedBy:
    """A condition: `owner` has the conversation's lease."""

    owner: str


class NoPersonHasIt:
    """A condition: no person of the team has the conversation."""


OnlyIf = LeasedBy | NoPersonHasIt | None


async def find_repeat(
    db: AsyncConnection, conversation: str, client_id: str
) -> OutgoingMessage | None:
    """Return the user's message that came with `client_id` before, if one did."""
    place = {"conversation": conversation, "client": client_id}
    row = (await db.execute(_BY_CLIENT_ID, place)).mappings().first()
    return outgoing(row, None) if row else None


async def advance(
    db: AsyncConnection, conversation: str, by: int, only_if: OnlyIf = None, **changes: Any
) -> int | None:
    """Raise the conversation's `last_seq`, lock its row, and return the number it now has.

    None where there is no such conversation, or `only_if` does not hold.
    """
    values: dict[str, Any] = {f"to_{name}": value for name, value in changes.items()}
    if isinstance(only_if, LeasedBy):
        values["owner"] = only_if.owner
    kind: type = type(only_if)
    values |= {"of": conversation, "by": by, "at": now()}
    found = await db.execute(_advance(kind, tuple(changes)), values)
    return found.scalar_one_or_none()


@cache
def _advance(only_if: type, names: tuple[str, ...]) -> ReturningUpdate[int]:
    """Return the statement, which is made once for each kind of change."""
    row = ConversationRow
    conditions: dict[type, list[ColumnElement[bool]]] = {
        LeasedBy: [row.leased_by == bindparam("owner")],
        NoPersonHasIt: [row.holder != "person"],
    }
    changes: dict[str, Any] = {name: bindparam(f"to_{name}") for name in names}
    return (
        update(ConversationRow)
        .where(row.id == bindparam("of"), *conditions.get(only_if, []))
        .values(last_seq=row.last_seq + bindparam("by"), changed_at=bindparam("at"), **changes)
        .returning(row.last_seq)
    )


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
        "turn_id": (choice and choice.turn_id) or _turn_id(conversation, new.client_id),
        "page": new.page,
        "choice_id": choice.id if choice else None,
        "request_id": new.request_id,
    }
    await db.execute(_ADD, row)
    return outgoing(row, None)


def _turn_id(conversation: str, client_id: str) -> str:
    """Return the id under which Rasa gets a message: the same each time that it is sent.

    Rasa may be asked before the message is on the disk. A power cut in that moment leaves a turn
    whose message nobody has; it comes again, without a 202, and is not run a second time.
    """
    digest = hashlib.sha256(f"{conversation} {client_id}".encode()).digest()
    return str(ULID(digest[:16]))


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
    await db.execute(_ADD, rows)
    pairs = zip(rows, replies, strict=True)
    if choices := [c for row, reply in pairs for c in _choices(row["id"], conversation, reply)]:
        await db.execute(_ADD_CHOICES, choices)


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
    await db.execute(_ADD, row)


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
