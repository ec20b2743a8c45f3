"""Puts rows into any tables, whatever their columns: for databases of every revision."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

# Words of a closed set: no other may be in there.
_REAL = {"state": "done", "sender": "user", "holder": "assistant"}
AT = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


def fill(db: sa.Connection, rows: int = 3, apart: str = "") -> dict[str, int]:
    """Put `rows` rows into each table, those that others refer to first; return how many each.

    `apart` keeps the ids of a second filling from those of the first.
    """
    meta = sa.MetaData()
    meta.reflect(db)
    tables = [table for table in meta.sorted_tables if table.name != "alembic_version"]
    for table in tables:
        for number in range(rows):
            db.execute(sa.insert(table).values(_row(table, number, apart)))
    return {table.name: rows for table in tables}


def content(db: sa.Connection, columns: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """Return every table's rows, or those columns of them, as texts; all of it sorted."""
    meta = sa.MetaData()
    meta.reflect(db)
    found = {}
    for table in meta.sorted_tables:
        if table.name == "alembic_version" or columns is not None and table.name not in columns:
            continue
        wanted = columns[table.name] if columns is not None else sorted(c.name for c in table.c)
        rows = db.execute(sa.select(*(table.c[name] for name in wanted)))
        found[table.name] = sorted([str(value) for value in row] for row in rows)
    return found


def names(db: sa.Connection) -> dict[str, list[str]]:
    """Return the columns of each table."""
    found = sa.inspect(db)
    tables = [name for name in found.get_table_names() if name != "alembic_version"]
    return {name: sorted(c["name"] for c in found.get_columns(name)) for name in tables}


def _row(table: sa.Table, number: int, apart: str) -> dict[str, Any]:
    row = {}
    for column in table.c:
        if table.name == "messages" and column.name == "reply_to":
            row[column.name] = None
        elif column.foreign_keys:
            other = next(iter(column.foreign_keys)).column
            row[column.name] = _value(other, number, apart)
        else:
            row[column.name] = _value(column, number, apart)
    return row


def _value(column: sa.Column[Any], number: int, apart: str) -> Any:
    kind = column.type
    if column.name in _REAL:
        return _REAL[column.name]
    if isinstance(kind, sa.JSON):
        return {"é": number}
    if isinstance(kind, sa.Boolean):
        return bool(number % 2)
    if isinstance(kind, sa.DateTime):
        return AT
    if isinstance(kind, sa.Integer):
        return 1000 * len(apart) + number + 1
    if isinstance(kind, (sa.Numeric, sa.Float)):
        return 0.5
    length = getattr(kind, "length", None) or 40
    text = f"{apart}{number}-{column.name}"
    return text[:length]
