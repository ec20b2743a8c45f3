"""How much work the store holds, as the metrics show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.store.desk_tables import HandoffRow
from gateway.store.tables import ErasureRow, MessageRow, now


@dataclass(frozen=True)
class Backlog:
    """Numbers of messages, erasures and cases; the ages are 0 where nothing waits."""

    waiting: int
    oldest_seconds: float
    set_aside: int
    erasures: int
    cases: int
    oldest_case_seconds: float


async def read_backlog(engine: AsyncEngine) -> Backlog:
    """Count what waits, was set aside, or is still to be erased elsewhere, in one reading."""
    pending = select(func.count(), func.min(MessageRow.created_at)).where(
        MessageRow.state == "pending"
    )
    aside = select(func.count()).where(MessageRow.state == "set_aside")
    erasures = select(func.count()).where(ErasureRow.done_at.is_(None))
    cases = select(func.count(), func.min(HandoffRow.changed_at)).where(
        HandoffRow.state == "waiting"
    )
    async with engine.begin() as db:
        waiting, oldest = (await db.execute(pending)).one()
        set_aside, left = [int(await db.scalar(count) or 0) for count in (aside, erasures)]
        waiting_cases, oldest_case = (await db.execute(cases)).one()
    return Backlog(waiting, _age(oldest), set_aside, left, waiting_cases, _age(oldest_case))


def _age(oldest: datetime | None) -> float:
    if oldest is None:
        return 0.0
    # SQLite gives times back without their zone; they are in UTC.
    return max(0.0, (now() - oldest.replace(tzinfo=oldest.tzinfo or UTC)).total_seconds())
