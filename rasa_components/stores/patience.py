"""Nobody waits long for PostgreSQL: psycopg2 knows no time-out of its own once connected."""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg2
from psycopg2 import extensions

SECONDS = 2.0
# A server that works says itself that a statement took too long; one that hangs does not.
MARGIN_SECONDS = 1.0


def limit_waiting() -> None:
    """Let no connection of this process wait for longer, from now on."""
    extensions.set_wait_callback(wait_for_server)


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
