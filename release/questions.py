"""What people wrote to the gateway in the last days. It stays in memory and goes into no log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from gateway.store.engine import Database, sqlite_file
from gateway.store.tables import MessageRow

MOST = 5000


async def last_questions(url: str, days: int, most: int = MOST) -> list[str]:
    """Return what was typed (not pressed) in the last days: each text once, the newest first."""
    file = sqlite_file(url)
    if file and not file.exists():
        return []
    since = datetime.now(UTC) - timedelta(days=days)
    row = MessageRow
    query = (
        select(row.text)
        .where(row.sender == "user", row.choice_id.is_(None), row.created_at >= since)
        .order_by(row.created_at.desc())
        .limit(most)
    )
    database = Database(url)
    try:
        async with database.reading() as db:
            found = [text.strip() for text in await db.scalars(query)]
    finally:
        await database.close()
    return list(dict.fromkeys(filter(None, found)))
