"""Who answers which message: leases, answers, failures. Every method is one transaction.

A lease says that one consumer answers a conversation; whoever stores an answer checks, within the
same transaction, that the lease is still theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from gateway.schemas import Heard
from gateway.store.engine import Database
from gateway.store.handoffs import open_case
from gateway.store.messages import add_replies, advance
from gateway.store.reading import note_turn
from gateway.store.tables import ConversationRow, MessageRow, now
from gateway.store.values import Guide, Opening, Reply, State, Turn

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
_FREE: dict[str, Any] = {"leased_by": None, "leased_until": None}


class LeaseLost(Exception):
    """Another consumer has the conversation, or it was erased: nothing was stored."""


class Work:
    """What is to be answered, as one consumer sees it: `owner` is its id, a ULID."""

    def __init__(self, database: Database, owner: str, lease_seconds: float) -> None:
        self._database = database
        self._owner = owner
        self._lease = timedelta(seconds=lease_seconds)

    async def ready(self, limit: int) -> list[str]:
        """Return conversations that wait, that nobody has, and whose next try is due."""
        query = select(ConversationRow.id).where(*_claimable()).limit(limit)
        async with self._database.reading() as db:
            return list(await db.scalars(query.order_by(ConversationRow.changed_at)))

    async def claim(self, conversation: str) -> Turn | None:
        """Take a conversation and return its first pending message; None if it is not to be had."""
        change = update(ConversationRow).where(ConversationRow.id == conversation, *_claimable())
        async with self._database.writing() as db:
            taken = await db.execute(change.values(self._lease_values()))
            return await self._next(db, conversation) if taken.rowcount else None

    async def renew(self, conversation: str) -> bool:
        """Keep a conversation for longer; False where it is no longer ours."""
        change = update(ConversationRow).where(
            ConversationRow.id == conversation, ConversationRow.leased_by == self._owner
        )
        async with self._database.writing() as db:
            return bool((await db.execute(change.values(self._lease_values()))).rowcount)

    async def answer(
        self,
        turn: Turn,
        replies: Sequence[Reply],
        guide: Guide | None,
        opening: Opening | None = None,
        heard: Heard | None = None,
    ) -> Turn | None:
        """Store the answers to `turn`; return the next message to answer, still leased.

        What was `heard` in it is noted for review and figures.
        With an `opening` they hand the conversation over: its case waits for the team from now on.
        Where a person of the team has taken it meanwhile, nothing is said any more, by nobody.
        Raises LeaseLost, and then nothing is stored.
        """
        changes = {"state": "done", "attempts": turn.attempts, "fault": None}
        return await self._settle(turn, replies, changes, opening, heard, guide=guide)

    async def set_aside(
        self, turn: Turn, attempts: int, fault: str, replies: Sequence[Reply]
    ) -> Turn | None:
        """Give `turn` up, saying so with `replies`; return the next message, as `answer` does."""
        changes = {"state": "set_aside", "attempts": attempts, "fault": fault}
        return await self._settle(turn, replies, changes)

    async def postpone(self, turn: Turn, seconds: float, attempts: int, fault: str) -> None:
        """Let go of the conversation of `turn` until it is tried again; raises LeaseLost."""
        retry_at = now() + timedelta(seconds=seconds)
        let_go = update(ConversationRow).where(
            ConversationRow.id == turn.conversation, ConversationRow.leased_by == self._owner
        )
        tried = update(MessageRow).where(MessageRow.id == turn.id)
        async with self._database.writing() as db:
            if not (await db.execute(let_go.values(**_FREE, retry_at=retry_at))).rowcount:
                raise LeaseLost
            await db.execute(tried.values(attempts=attempts, fault=fault))

    async def unanswered(self, limit: int) -> list[tuple[Turn, bool]]:
        """Return the pending messages that got no fallback yet, the oldest first.

        With each, whether a message that waits before it got one. Not where a person answers.
        """
        before = aliased(MessageRow)
        has_fallen = exists().where(
            before.conversation_id == MessageRow.conversation_id,
            before.state == "pending",
            before.fell_back_at.is_not(None),
        )
        query = (
            select(*_TURN, has_fallen)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .where(
                MessageRow.state == "pending",
                MessageRow.fell_back_at.is_(None),
                ConversationRow.holder != "person",
            )
            .order_by(MessageRow.created_at, MessageRow.seq)
            .limit(limit)
        )
        async with self._database.reading() as db:
            return [(Turn(*row[:-1]), row[-1]) for row in await db.execute(query)]

    async def guide_shown(self, turn: Turn) -> bool:
        """Whether `turn` got a fallback, perhaps since it was claimed."""
        query = select(MessageRow.fell_back_at).where(MessageRow.id == turn.id)
        async with self._database.reading() as db:
            return await db.scalar(query) is not None

    async def fall_back(self, fallen: Sequence[tuple[Turn, Sequence[Reply]]]) -> list[Turn]:
        """Store what stands in for late answers; return the turns that had neither before."""
        # By conversation, as anybody who locks several: in another order two wait for ever.
        ordered = sorted(fallen, key=lambda one: one[0].conversation)
        async with self._database.writing(urgent=True) as db:
            return [turn for turn, replies in ordered if await _fall_back(db, turn, replies)]

    async def let_go(self, everyone: bool = False) -> None:
        """Free every conversation that is ours; with `everyone`, those of dead processes too."""
        mine = true() if everyone else ConversationRow.leased_by == self._owner
        change = update(ConversationRow).where(ConversationRow.leased_by.is_not(None), mine)
        async with self._database.writing() as db:
            await db.execute(change.values(_FREE))

    async def _settle(
        self,
        turn: Turn,
        replies: Sequence[Reply],
        message: dict[str, Any],
        opening: Opening | None = None,
        heard: Heard | None = None,
        **changes: Any,
    ) -> Turn | None:
        ours = ConversationRow.leased_by == self._owner
        settled = update(MessageRow).where(*_is_pending(turn)).returning(MessageRow.fell_back_at)
        values: dict[str, Any] = {**message, "settled_at": now()}
        async with self._database.writing() as db:
            if await _is_held(db, turn.conversation):
                replies, opening = (), None
            last = await advance(
                db, turn.conversation, len(replies), ours, retry_at=None, **changes
            )
            row = (await db.execute(settled.values(values))).first() if last else None
            if last is None or row is None:
                raise LeaseLost
            if row.fell_back_at and message["state"] == "done":
                replies = [replace(reply, mark="late") for reply in replies]
            await add_replies(db, turn.conversation, turn.id, last, replies)
            if heard:
                await note_turn(db, turn.conversation, turn.id, values["settled_at"], heard)
            if opening:
                await _open(db, turn, opening, last)
            return await self._next(db, turn.conversation)

    async def _next(self, db: AsyncConnection, conversation: str) -> Turn | None:
        """Return the first pending message; where there is none, let go of the conversation."""
        query = (
            select(*_TURN)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .where(MessageRow.conversation_id == conversation, MessageRow.state == "pending")
            .order_by(MessageRow.seq)
            .limit(1)
        )
        if row := (await db.execute(query)).first():
            return Turn(*row)
        idle = update(ConversationRow).where(ConversationRow.id == conversation)
        await db.execute(idle.values(**_FREE, waiting=False))
        return None

    def _lease_values(self) -> dict[str, Any]:
        return {"leased_by": self._owner, "leased_until": now() + self._lease}


async def _fall_back(db: AsyncConnection, turn: Turn, replies: Sequence[Reply]) -> bool:
    fallen = (
        update(MessageRow)
        .where(*_is_pending(turn), MessageRow.fell_back_at.is_(None))
        .values(fell_back_at=now())
    )
    async with db.begin_nested() as here:
        # The conversation first, as everywhere: two that lock in another order wait for ever.
        free = ConversationRow.holder != "person"
        last = await advance(db, turn.conversation, len(replies), free)
        if last is None or not (await db.execute(fallen)).rowcount:
            await here.rollback()
            return False
        await add_replies(db, turn.conversation, turn.id, last, replies)
    return True


async def _is_held(db: AsyncConnection, conversation: str) -> bool:
    """Whether a person has the conversation; its row is locked, so that this stays so."""
    holder = select(ConversationRow.holder).where(ConversationRow.id == conversation)
    return await db.scalar(holder.with_for_update(key_share=True)) == "person"


async def _open(db: AsyncConnection, turn: Turn, opening: Opening, last: int) -> None:
    """Let the case wait; what the person is told of it comes after the assistant's own words."""
    if not await open_case(db, turn.conversation, opening, last):
        return
    seq = await advance(db, turn.conversation, len(opening.said))
    if seq is not None:
        await add_replies(db, turn.conversation, turn.id, seq, opening.said)


def _claimable() -> Sequence[ColumnElement[bool]]:
    time: datetime = now()
    row = ConversationRow
    return (
        row.waiting == true(),
        or_(row.leased_until.is_(None), row.leased_until <= time),
        or_(row.retry_at.is_(None), row.retry_at <= time),
    )


def _is_pending(turn: Turn) -> Sequence[ColumnElement[bool]]:
    pending: State = "pending"
    return MessageRow.id == turn.id, MessageRow.state == pending
