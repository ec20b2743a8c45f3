"""Cases and who has their conversations. Every method is one transaction.

The conversation's row is locked first, as everywhere, then the case's: each has one writer at a
time, and a conversation has one case at a time that the team can have.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.store.deliveries import add_deliveries
from gateway.store.desk_tables import HandoffEventRow, HandoffRow
from gateway.store.engine import Database
from gateway.store.messages import add_replies, add_system_turn, advance
from gateway.store.tables import ConversationRow, now
from gateway.store.talks import clean_events, take_event
from gateway.store.values import Agent, Change, Handoff, HandoffEvent, Opening

_HANDOFF = (
    HandoffRow.case_number,
    HandoffRow.conversation_id,
    HandoffRow.state,
    HandoffRow.holder_id,
    HandoffRow.holder_name,
    HandoffRow.opened_at,
    HandoffRow.changed_at,
    HandoffRow.due_at,
    HandoffRow.raised,
    HandoffRow.events,
)
_EVENT = (
    HandoffEventRow.case_number,
    HandoffEventRow.n,
    HandoffEventRow.kind,
    HandoffEventRow.state,
    HandoffEventRow.at,
    HandoffEventRow.who_id,
    HandoffEventRow.who_name,
    HandoffEventRow.reason,
    HandoffEventRow.after_seq,
)
_log = logging.getLogger(__name__)


class UnknownCase(Exception):
    """There is no such case, or it was erased."""


class Handoffs:
    """Reads and changes cases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, case: int) -> Handoff | None:
        """Return the case, or None."""
        async with self._database.reading() as db:
            row = (
                await db.execute(select(*_HANDOFF).where(HandoffRow.case_number == case))
            ).first()
        return _handoff(row) if row else None

    async def open(self, holder: str | None = None, limit: int = 200) -> list[Handoff]:
        """Return cases that are not closed, oldest first; with `holder`, those of that agent."""
        query = select(*_HANDOFF).where(HandoffRow.state != "closed")
        if holder:
            query = query.where(HandoffRow.holder_id == holder)
        async with self._database.reading() as db:
            rows = await db.execute(query.order_by(HandoffRow.case_number).limit(limit))
            return [_handoff(row) for row in rows]

    async def due(self, at: datetime, limit: int = 100) -> list[int]:
        """Return the cases that should have been assumed, or answered, by `at`; longest first."""
        query = select(HandoffRow.case_number).where(
            HandoffRow.state.in_(("waiting", "person")), HandoffRow.due_at <= at
        )
        async with self._database.reading() as db:
            return list(await db.scalars(query.order_by(HandoffRow.due_at).limit(limit)))

    async def events(self, case: int, after: int, limit: int = 50) -> list[HandoffEvent]:
        """Return the case's events whose number is higher than `after`, in order."""
        query = select(*_EVENT).where(
            HandoffEventRow.case_number == case, HandoffEventRow.n > after
        )
        async with self._database.reading() as db:
            rows = await db.execute(query.order_by(HandoffEventRow.n).limit(limit))
            return [_event(row) for row in rows]

    async def change(
        self, case: int, decide: Callable[[Handoff], Change | None], event: str | None = None
    ) -> tuple[Handoff, Handoff]:
        """Store what `decide` makes of the case as it stands; return how it stood and stands.

        With None nothing is changed, nor by an `event` (store.talks.event_id) that was taken
        before. What `decide` raises undoes all, the event's note too; raises UnknownCase.
        """
        async with self._database.writing() as db:
            handoff = await _locked(db, case)
            if event and not await _takes(db, event):
                return handoff, handoff
            change = decide(handoff)
            return handoff, await _store(db, handoff, change) if change else handoff

    async def person_is_asked(self, conversation: str, due_at: datetime | None) -> None:
        """Note that whoever holds the conversation should answer by `due_at`, if not sooner."""
        change = update(HandoffRow).where(
            HandoffRow.conversation_id == conversation,
            HandoffRow.state == "person",
            HandoffRow.due_at.is_(None),
        )
        async with self._database.writing() as db:
            await db.execute(change.values(due_at=due_at))


async def open_case(db: AsyncConnection, conversation: str, opening: Opening, seq: int) -> bool:
    """Let a case wait for the team, the newest message being `seq`; False where it does so.

    Called within the transaction that stores the answer by which the assistant handed over.
    """
    row = (await db.execute(_lock(HandoffRow.case_number == opening.case))).first()
    handoff = _handoff(row) if row else await _insert(db, conversation, opening.case)
    waits = row is not None and handoff.state in ("waiting", "person")
    if handoff.conversation != conversation:
        _log.error("case %d is another conversation's: databases of two backups?", opening.case)
        return False
    if waits:
        return False
    await _close_others(db, handoff, opening.continues, seq)
    # At a reopening too: a sink may have been configured since.
    await add_deliveries(db, handoff, opening.destinations, seq)
    kind = "reopened" if row else "opened"
    await _note(db, handoff, Change(kind, "waiting", due_at=opening.due_at), seq)
    return True


async def _close_others(db: AsyncConnection, handoff: Handoff, reason: str, seq: int) -> None:
    """End the conversation's older cases, which go on in this one: two people cannot hold it."""
    others = _lock(
        HandoffRow.conversation_id == handoff.conversation,
        HandoffRow.case_number != handoff.case,
        HandoffRow.state != "closed",
    )
    for row in (await db.execute(others.order_by(HandoffRow.case_number))).all():
        await _note(db, _handoff(row), Change("closed", "closed", reason=reason), seq)


async def _takes(db: AsyncConnection, event: str) -> bool:
    await clean_events(db)
    return await take_event(db, event)


async def _locked(db: AsyncConnection, case: int) -> Handoff:
    """Lock a case's conversation and then the case itself; raise UnknownCase."""
    whose = select(HandoffRow.conversation_id).where(HandoffRow.case_number == case)
    conversation = select(ConversationRow.id).where(ConversationRow.id == whose.scalar_subquery())
    await db.execute(conversation.with_for_update(key_share=True))
    row = (await db.execute(_lock(HandoffRow.case_number == case))).first()
    if row is None:
        raise UnknownCase(case)
    return _handoff(row)


def _lock(*which: Any) -> Any:
    return select(*_HANDOFF).where(*which).with_for_update()


async def _insert(db: AsyncConnection, conversation: str, case: int) -> Handoff:
    at = now()
    row = {"case_number": case, "conversation_id": conversation, "state": "waiting"}
    more = {"opened_at": at, "changed_at": at, "raised": 0, "events": 0}
    await db.execute(insert(HandoffRow).values(**row, **more))
    return Handoff(case, conversation, "waiting", None, at, at, None, 0, 0)


async def _store(db: AsyncConnection, handoff: Handoff, change: Change) -> Handoff:
    asks = bool(change.to_rasa)
    if not asks and not change.said:
        # No message: the conversation must not count as changed, or it would be kept for ever.
        return await _note(db, handoff, change, await _last(db, handoff))
    waits: dict[str, Any] = {"waiting": True} if asks else {}
    last = await advance(db, handoff.conversation, len(change.said) + asks, **waits)
    if last is None:
        raise UnknownCase(handoff.case)
    said_until = last - asks
    await add_replies(db, handoff.conversation, None, said_until, change.said)
    if asks:
        await add_system_turn(db, handoff.conversation, last, change.shown, change.to_rasa)
    return await _note(db, handoff, change, last)


async def _last(db: AsyncConnection, handoff: Handoff) -> int:
    query = select(ConversationRow.last_seq).where(ConversationRow.id == handoff.conversation)
    return (await db.execute(query)).scalar_one()


async def _note(db: AsyncConnection, handoff: Handoff, change: Change, seq: int) -> Handoff:
    """Number the event, and say in all three tables who has the conversation now."""
    at, n = now(), handoff.events + 1
    holder = change.who if change.state == "person" else None
    if change.state == handoff.state == "person":
        holder = handoff.holder
    named = {"holder_name": holder.name if holder else None}
    event = {
        "case_number": handoff.case,
        "n": n,
        "conversation_id": handoff.conversation,
        "kind": change.kind,
        "state": change.state,
        "at": at,
        "who_id": change.who.id if change.who else None,
        "who_name": change.who.name if change.who else None,
        "reason": change.reason,
        "after_seq": seq,
    }
    await db.execute(insert(HandoffEventRow).values(**event))
    raised = _raised(handoff, change)
    since = handoff.changed_at if change.state == handoff.state else at
    values: dict[str, Any] = {"state": change.state, "events": n, "changed_at": since, **named}
    values |= {"holder_id": holder.id if holder else None, "raised": raised}
    values |= {"due_at": change.due_at}
    theirs = update(HandoffRow).where(HandoffRow.case_number == handoff.case)
    await db.execute(theirs.values(**values))
    talk = update(ConversationRow).where(ConversationRow.id == handoff.conversation)
    await db.execute(talk.values(holder=change.state, case_number=handoff.case, **named))
    return Handoff(
        handoff.case, handoff.conversation, change.state, holder, handoff.opened_at, since,
        change.due_at, raised, n,
    )  # fmt: skip


def _raised(handoff: Handoff, change: Change) -> int:
    """How often it was raised since anybody did anything about it."""
    if change.kind == "relabelled":
        return handoff.raised
    return handoff.raised + 1 if change.kind == "raised" else 0


def _handoff(row: Sequence[Any]) -> Handoff:
    case, conversation, state, id, name, *rest = row
    return Handoff(case, conversation, state, Agent(id, name or "") if id else None, *rest)


def _event(row: Sequence[Any]) -> HandoffEvent:
    case, n, kind, state, at, id, name, reason, after = row
    who = Agent(id, name or "") if id else None
    return HandoffEvent(case, n, kind, state, at, who, reason, after)
