"""Handed-over cases in a SQL store: numbered, and stored once for one message."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

_META = sa.MetaData()
CASES = sa.Table(
    "cases",
    _META,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(128), nullable=False, unique=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("opened_at", sa.String(32), nullable=False),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
# Of PostgreSQL, in seconds and milliseconds: nobody waits for it for ever.
_LIMITS = {"connect_timeout": 2, "options": "-c statement_timeout=2000"}
# The conversation of a case whose texts were erased.
ERASED = ""


class CaseStore:
    """Cases in the database at `url` (any SQLAlchemy address); the table is made if missing."""

    def __init__(self, url: str) -> None:
        database = make_url(url).database
        if url.startswith("sqlite") and database and database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        on_network = {"pool_pre_ping": True, "connect_args": _LIMITS}
        more = {} if url.startswith("sqlite") else on_network
        self._engine = sa.create_engine(url, future=True, hide_parameters=True, **more)
        self._make_table()

    def open(self, key: str, conversation: str, sheet: list[str], facts: dict[str, Any]) -> int:
        """Store a case under a unique key and return its number; a known key gives the first's."""
        row = {
            "key": key,
            "conversation": conversation,
            "opened_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "sheet": "\n".join(sheet),
            "facts": json.dumps(facts, ensure_ascii=False),
        }
        try:
            with self._engine.begin() as connection:
                result = connection.execute(sa.insert(CASES).values(**row))
                return int(result.inserted_primary_key[0])
        except sa.exc.IntegrityError:
            return self._number(key)

    def get(self, number: int) -> dict[str, Any] | None:
        """Return a case by number (sheet as lines, facts as JSON), or None."""
        with self._engine.connect() as connection:
            return find_case(connection, number)

    def _make_table(self) -> None:
        try:
            _META.create_all(self._engine)
        except sa.exc.SQLAlchemyError:  # another action server made it at the same moment
            if not sa.inspect(self._engine).has_table(CASES.name):
                raise

    def _number(self, key: str) -> int:
        with self._engine.connect() as connection:
            query = sa.select(CASES.c.number).where(CASES.c.key == key)
            return int(connection.execute(query).scalar_one())


def find_case(connection: sa.engine.Connection, number: int) -> dict[str, Any] | None:
    """Return a case as `CaseStore.get` does."""
    found = connection.execute(sa.select(CASES).where(CASES.c.number == number)).first()
    return None if found is None else _case(found)


def find_cases(connection: sa.engine.Connection, conversation: str) -> list[dict[str, Any]]:
    """Return the cases of a conversation as `CaseStore.get` does, oldest first."""
    query = sa.select(CASES).where(CASES.c.conversation == conversation).order_by(CASES.c.number)
    return [_case(row) for row in connection.execute(query)]


def erase_cases(connection: sa.engine.Connection, conversation: str) -> None:
    """Empty the cases of a conversation. Number and date stay: an agent may have noted them."""
    change = sa.update(CASES).where(CASES.c.conversation == conversation)
    key = sa.literal("erased:") + sa.cast(CASES.c.number, sa.String)
    connection.execute(change.values(key=key, conversation=ERASED, sheet="", facts="{}"))


def _case(row: Any) -> dict[str, Any]:
    values = dict(row._mapping)
    return {**values, "sheet": values["sheet"].split("\n"), "facts": json.loads(values["facts"])}
