"""Reads from the store what review and figures are made of. Every method is one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.store.desk_tables import LabelRow
from gateway.store.engine import Database
from gateway.store.reading_tables import GuideEventRow, ReviewRow, TurnRow
from gateway.store.tables import FeedbackRow, MessageRow
from trainer.figures.runs import Event
from trainer.review.reasons import Heard, Label, Told

# As many ids as any database takes in one question.
_IDS = 500
_EVENT = (
    GuideEventRow.message_id,
    GuideEventRow.conversation_id,
    GuideEventRow.at,
    GuideEventRow.kind,
    GuideEventRow.situation,
    GuideEventRow.check_id,
    GuideEventRow.value,
)
_HEARD = (
    MessageRow.id,
    MessageRow.conversation_id,
    MessageRow.text,
    TurnRow.at,  # as its events have it
    TurnRow.intent,
    TurnRow.confidence,
    TurnRow.understanding,
    TurnRow.trouble,
    TurnRow.candidates,
)


@dataclass(frozen=True)
class Said:
    """A message of a conversation around one that is reviewed; `is_it` marks that one."""

    sender: str
    text: str
    at: datetime
    is_it: bool = False


@dataclass(frozen=True)
class Decided:
    """What was decided about a message, by whom and when."""

    decision: str
    situation: str | None
    by: str
    at: datetime
    version: int


class Reading:
    """Reads turns, events and conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def told(self, since: datetime, until: datetime, limit: int) -> tuple[Told, int]:
        """Return the newest `limit` messages typed from `since` to `until` with what came of them.

        And how many older ones of that time were left out.
        """
        typed = _typed(since, until)
        newest = select(*_HEARD).select_from(TurnRow).join(*_OF_TURN).where(*typed)
        all_of_them = select(func.count()).select_from(TurnRow).join(*_OF_TURN).where(*typed)
        async with self._database.reading() as db:
            total = int(await db.scalar(all_of_them) or 0)
            rows: Any = await db.execute(newest.order_by(TurnRow.at.desc()).limit(limit))
            heard = [_heard(row) for row in rows][::-1]
            events = await _events_of(db, {one.conversation for one in heard}, since)
            disliked = frozenset(await db.scalars(_disliked(since)))
            labels = [Label(*row) for row in await db.execute(_labels(since))]
        return Told(heard, events, disliked, labels), total - len(heard)

    async def events(self, since: datetime, until: datetime) -> list[Event]:
        """Return every event from `since` to `until`, in order."""
        query = select(*_EVENT).where(
            GuideEventRow.at >= _utc(since), GuideEventRow.at < _utc(until)
        )
        async with self._database.reading() as db:
            rows: Any = await db.execute(_in_order(query))
            return [Event(*row) for row in rows]

    async def understood(self, since: datetime, until: datetime) -> dict[str, int]:
        """Return how many typed messages were understood how.

        `sure`: at once, by the open question too; `torn`: it had to ask; `neither`, `refused`.
        """
        unsure = TurnRow.trouble == "unsure"
        kind = case(
            (TurnRow.trouble == "refused", "refused"),
            (and_(unsure, TurnRow.understanding == "torn"), "torn"),
            (unsure, "neither"),
            else_="sure",
        ).label("kind")
        query = select(kind, func.count()).select_from(TurnRow).join(*_OF_TURN)
        async with self._database.reading() as db:
            rows = await db.execute(query.where(*_typed(since, until)).group_by("kind"))
            return {name: int(number) for name, number in rows}

    async def decisions(self, messages: Sequence[str]) -> dict[str, Decided]:
        """Return what was decided, by message; those without a decision are missing."""
        of = ReviewRow
        columns = (of.decision, of.situation, of.by, of.at, of.version)
        found: dict[str, Decided] = {}
        async with self._database.reading() as db:
            for ids in _portions(messages):
                query = select(of.message_id, *columns).where(of.message_id.in_(ids))
                rows: Any = await db.execute(query)
                found |= {row[0]: Decided(*row[1:]) for row in rows}
        return found

    async def around(self, message: str, before: int, after: int) -> list[Said]:
        """Return the message with those before and after it, as they are; [] where it is gone."""
        place = select(MessageRow.conversation_id, MessageRow.seq).where(MessageRow.id == message)
        async with self._database.reading() as db:
            found = (await db.execute(place)).first()
            if found is None:
                return []
            row = MessageRow
            query = select(row.sender, row.text, row.created_at, row.id).where(
                row.conversation_id == found.conversation_id,
                row.seq.between(found.seq - before, found.seq + after),
            )
            rows = await db.execute(query.order_by(row.seq))
            return [Said(sender, text, at, id == message) for sender, text, at, id in rows]


_OF_TURN = (MessageRow, MessageRow.id == TurnRow.message_id)


def _utc(time: datetime) -> datetime:
    """SQLite keeps times without a zone: what is compared with them has to be in UTC."""
    return time.astimezone(UTC)


def _heard(row: Any) -> Heard:
    told: Any = (*row[:-1], tuple(row[-1]))
    return Heard(*told)


def _typed(since: datetime, until: datetime) -> Sequence[Any]:
    return (
        TurnRow.at >= _utc(since),
        TurnRow.at < _utc(until),
        MessageRow.sender == "user",
        MessageRow.choice_id.is_(None),
        TurnRow.understanding != "chosen",
    )


def _disliked(since: datetime) -> Any:
    return (
        select(MessageRow.reply_to)
        .join(FeedbackRow, FeedbackRow.message_id == MessageRow.id)
        .where(
            and_(
                FeedbackRow.helpful.is_(False),
                FeedbackRow.at >= _utc(since),
                MessageRow.reply_to.is_not(None),
            )
        )
    )


def _labels(since: datetime) -> Any:
    columns = (LabelRow.conversation_id, LabelRow.text, LabelRow.situation)
    return select(*columns).where(LabelRow.at >= _utc(since)).order_by(LabelRow.at, LabelRow.id)


async def _events_of(db: AsyncConnection, conversations: set[str], since: datetime) -> list[Event]:
    found: list[Event] = []
    for ids in _portions(sorted(conversations)):
        query = select(*_EVENT).where(
            GuideEventRow.conversation_id.in_(ids), GuideEventRow.at >= _utc(since)
        )
        rows: Any = await db.execute(_in_order(query))
        found += [Event(*row) for row in rows]
    return found


def _in_order(query: Any) -> Any:
    return query.order_by(GuideEventRow.at, GuideEventRow.message_id, GuideEventRow.n)


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _IDS] for start in range(0, len(ids), _IDS))
