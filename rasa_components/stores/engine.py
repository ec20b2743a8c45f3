"""The tracker database's engine: no connection and no statement takes longer than SECONDS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import create_engine_kwargs
from rasa.shared.exceptions import RasaException
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.engine.url import URL

from rasa_components.stores.patience import SECONDS, limit_waiting


def make_engine(address: str | URL) -> Engine:
    """Return the engine of an SQLAlchemy address; RasaException if neither SQLite nor PostgreSQL.

    Nothing is connected yet, so a database that is down does not keep Rasa from starting.
    """
    url = make_url(address)
    makers = {"sqlite": _sqlite, "postgresql": _postgresql}
    if url.get_backend_name() not in makers:
        raise RasaException(f"tracker store: {url.get_backend_name()} is not supported")
    return makers[url.get_backend_name()](url)


def claim(session: sa.orm.Session, sender_id: str) -> None:
    """Let no other transaction write to this conversation until this one ends."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.text("BEGIN IMMEDIATE"))
    else:
        lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:sender, 0))")
        session.execute(lock, {"sender": sender_id})


def _sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # Without a pool, which is SQLAlchemy 1.4's choice for files, each question of a turn opens the
    # file, and reads the schema, anew; the threads that ask take turns with the connections.
    options: dict[str, Any] = {"connect_args": {"timeout": SECONDS}}
    if url.database not in (None, "", ":memory:"):
        options["connect_args"]["check_same_thread"] = False
        options |= {"poolclass": sa.pool.QueuePool, "pool_timeout": SECONDS}
    engine = sa.create_engine(url, hide_parameters=True, **options)
    sa.event.listen(engine, "connect", _use_wal)
    return engine


def _use_wal(connection: Any, _record: Any) -> None:
    """Let readers and the one writer not wait for each other."""
    connection.execute("PRAGMA journal_mode=WAL")


def _postgresql(url: URL) -> Engine:
    options = dict(create_engine_kwargs(url))  # Rasa's settings for the schema and the pool
    arguments = dict(options.pop("connect_args", {}))
    limit = f"-c statement_timeout={SECONDS * 1000:.0f}"
    arguments["options"] = f"{arguments.get('options', '')} {limit}".strip()
    limit_waiting()
    return sa.create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=SECONDS,
        connect_args=arguments,
        **options,
    )
