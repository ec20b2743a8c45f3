"""Who answers which message: leases, answers, failures. Every method is one transaction.

A lease says that one consumer answers a conversation; whoever stores an answer checks, within the
same transaction, that the lease is still theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.schemas import Heard
from gateway.store import work_sql as sql
from gateway.store.engine import Database
from gateway.store.handoffs import open_case
from gateway.store.messages import LeasedBy, NoPersonHasIt, add_replies, advance
from gateway.store.reading import note_turn
from gateway.store.tables import ConversationRow, MessageRow, now
from gateway.store.values import Guide, Opening, Reply, State, Turn


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
        async with self._database.reading(brief=True) as db:
            return list(await db.scalars(sql.READY, {"at": now(), "most": limit}))

    async def claim(self, conversation: str) -> Turn | None:
        """Take a conversation and return its first pending message; None if it is not to be had."""
        async with self._database.writing(brief=True) as db:
            return await self.claim_within(db, conversation)

    async def claim_within(self, db: AsyncConnection, conversation: str) -> Turn | None:
        """Do as `claim`, within a transaction that somebody else opened."""
        taken = await db.execute(sql.CLAIM, {**self._lease_values(conversation), "at": now()})
        if not taken.rowcount:
            return None
        if row := (await db.execute(sql.NEXT, {"of": conversation})).first():
            return Turn(*row)
        return await self._next(db, conversation)

    async def renew(self, conversation: str) -> bool:
        """Keep a conversation for longer; False where it is no longer ours."""
        async with self._database.writing(brief=True) as db:
            return bool((await db.execute(sql.RENEW, self._lease_values(conversation))).rowcount)

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
            if not (await db.execute(let_go.values(**sql.FREE, retry_at=retry_at))).rowcount:
                raise LeaseLost
            await db.execute(tried.values(attempts=attempts, fault=fault))

    async def unanswered(self, limit: int) -> list[tuple[Turn, bool]]:
        """Return the pending messages that got no fallback yet, the oldest first.

        With each, whether a message that waits before it got one. Not where a person answers.
        """
        # Not brief: each is compared with all that wait, which are thousands where Rasa is away.
        async with self._database.reading() as db:
            found = await db.execute(sql.UNANSWERED, {"most": limit})
            return [(Turn(*row[:-1]), row[-1]) for row in found]

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
            await db.execute(change.values(sql.FREE))

    async def _settle(
        self,
        turn: Turn,
        replies: Sequence[Reply],
        message: dict[str, Any],
        opening: Opening | None = None,
        heard: Heard | None = None,
        **changes: Any,
    ) -> Turn | None:
        ours, at = LeasedBy(self._owner), now()
        values = {f"to_{name}": value for name, value in message.items()}
        settled = {**values, "of": turn.id, "to_settled_at": at}
        async with self._database.writing(brief=not opening) as db:
            if await _is_held(db, turn.conversation):
                replies, opening = (), None
            last = await advance(
                db, turn.conversation, len(replies), ours, retry_at=None, **changes
            )
            row = (await db.execute(sql.SETTLE, settled)).first() if last else None
            if last is None or row is None:
                raise LeaseLost
            if row.fell_back_at and message["state"] == "done":
                replies = [replace(reply, mark="late") for reply in replies]
            await add_replies(db, turn.conversation, turn.id, last, replies)
            if heard:
                await note_turn(db, turn.conversation, turn.id, at, heard)
            if opening:
                await _open(db, turn, opening, last)
            following = await self._next(db, turn.conversation)
        self._database.on_disk_soon()
        return following

    async def _next(self, db: AsyncConnection, conversation: str) -> Turn | None:
        """Return the first pending message; where there is none, let go of the conversation."""
        if (await db.execute(sql.LET_GO, {"of": conversation})).rowcount:
            return None
        row = (await db.execute(sql.NEXT, {"of": conversation})).first()
        return Turn(*row) if row else None

    def _lease_values(self, conversation: str) -> dict[str, Any]:
        return {"of": conversation, "owner": self._owner, "until": now() + self._lease}


async def _fall_back(db: AsyncConnection, turn: Turn, replies: Sequence[Reply]) -> bool:
    fallen = (
        update(MessageRow)
        .where(*_is_pending(turn), MessageRow.fell_back_at.is_(None))
        .values(fell_back_at=now())
    )
    async with db.begin_nested() as here:
        # The conversation first, as everywhere: two that lock in another order wait for ever.
        last = await advance(db, turn.conversation, len(replies), NoPersonHasIt())
        if last is None or not (await db.execute(fallen)).rowcount:
            await here.rollback()
            return False
        await add_replies(db, turn.conversation, turn.id, last, replies)
    return True


async def _is_held(db: AsyncConnection, conversation: str) -> bool:
    """Whether a person has the conversation; its row is locked, so that this stays so."""
    return await db.scalar(sql.HOLDER, {"of": conversation}) == "person"


async def _open(db: AsyncConnection, turn: Turn, opening: Opening, last: int) -> None:
    """Let the case wait; what the person is told of it comes after the assistant's own words."""
    if not await open_case(db, turn.conversation, opening, last):
        return
    seq = await advance(db, turn.conversation, len(opening.said))
    if seq is not None:
        await add_replies(db, turn.conversation, turn.id, seq, opening.said)


def _is_pending(turn: Turn) -> Sequence[ColumnElement[bool]]:
    pending: State = "pending"
    return MessageRow.id == turn.id, MessageRow.state == pending
