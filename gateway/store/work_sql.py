"""The statements of work.py, made once, as in history.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, or_, select, true, update
from sqlalchemy.orm import aliased

from gateway.store.tables import ConversationRow, MessageRow

_TURN = (
    MessageRow.id,
    MessageRow.conversation_id,
    MessageRow.text,
    MessageRow.to_rasa,
    MessageRow.turn_id,
    MessageRow.page,
    MessageRow.request_id,
    MessageRow.created_at,
    MessageRow.attempts,
    MessageRow.fell_back_at,
    ConversationRow.guide,
    ConversationRow.holder,
    MessageRow.sender,
)
FREE: dict[str, Any] = {"leased_by": None, "leased_until": None}

# Made once, as in history.py. What changes from turn to turn has a name that is no column's.
_OF = ConversationRow.id == bindparam("of")
_CLAIMABLE: Sequence[ColumnElement[bool]] = (
    ConversationRow.waiting == true(),
    or_(ConversationRow.leased_until.is_(None), ConversationRow.leased_until <= bindparam("at")),
    or_(ConversationRow.retry_at.is_(None), ConversationRow.retry_at <= bindparam("at")),
)
READY = (
    select(ConversationRow.id)
    .where(*_CLAIMABLE)
    .order_by(ConversationRow.changed_at)
    .limit(bindparam("most"))
)
_LEASE: dict[str, Any] = {"leased_by": bindparam("owner"), "leased_until": bindparam("until")}
CLAIM = update(ConversationRow).where(_OF, *_CLAIMABLE).values(_LEASE)
RENEW = (
    update(ConversationRow)
    .where(_OF, ConversationRow.leased_by == bindparam("owner"))
    .values(leased_until=bindparam("until"))
)
NEXT = (
    select(*_TURN)
    .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
    .where(MessageRow.conversation_id == bindparam("of"), MessageRow.state == "pending")
    .order_by(MessageRow.seq)
    .limit(1)
)
_BEFORE = aliased(MessageRow)
_HAS_FALLEN = exists().where(
    _BEFORE.conversation_id == MessageRow.conversation_id,
    _BEFORE.state == "pending",
    _BEFORE.fell_back_at.is_not(None),
)
UNANSWERED = (
    select(*_TURN, _HAS_FALLEN)
    .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
    .where(
        MessageRow.state == "pending",
        MessageRow.fell_back_at.is_(None),
        ConversationRow.holder != "person",
    )
    .order_by(MessageRow.created_at, MessageRow.seq)
    .limit(bindparam("most"))
)
_SETTLED = ("state", "attempts", "fault", "settled_at")
SETTLE = (
    update(MessageRow)
    .where(MessageRow.id == bindparam("of"), MessageRow.state == "pending")
    .values({name: bindparam(f"to_{name}") for name in _SETTLED})
    .returning(MessageRow.fell_back_at)
)
_WAITS = exists().where(
    MessageRow.conversation_id == bindparam("of"), MessageRow.state == "pending"
)
LET_GO = update(ConversationRow).where(_OF, ~_WAITS).values(**FREE, waiting=False)
HOLDER = select(ConversationRow.holder).where(_OF).with_for_update(key_share=True)
