"""The tracker database's engine: no connection and no statement takes longer than SECONDS."""

from __future__ import annotations

import select
import time
from pathlib import Path
from typing import Any

import psycopg2
import sqlalchemy as sa
from psycopg2 import extensions
from rasa.core.tracker_store import create_engine_kwargs
from rasa.shared.exceptions import RasaException
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.engine.url import URL

SECONDS = 2.0
# A server that works says itself that a statement took too long; one that hangs does not.
MARGIN_SECONDS = 1.0


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
    engine = sa.create_engine(url, hide_parameters=True, connect_args={"timeout": SECONDS})
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
    # psycopg2 knows no time-out of its own once connected; this one holds for the whole process.
    extensions.set_wait_callback(wait_for_server)
    return sa.create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=SECONDS,
        connect_args=arguments,
        **options,
    )


def wait_for_server(connection: Any) -> None:
    """Wait for PostgreSQL's answer; psycopg2.OperationalError where it takes too long.

    psycopg2 then closes the connection, so that the server rolls back what was under way.
    """
    deadline = time.monotonic() + SECONDS + MARGIN_SECONDS
    while (state := connection.poll()) != extensions.POLL_OK:
        poll = select.poll()
        poll.register(
            connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
        )
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise psycopg2.OperationalError("no answer from PostgreSQL in time")
