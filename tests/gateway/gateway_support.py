"""What the gateway's tests share besides fixtures: a quick pace, no limits, fresh databases."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from gateway.access_settings import AccessSettings
from gateway.limits import Rate
from gateway.settings import Pace
from gateway.store import Store
from tests.support.servers import Server

# Nothing in these tests takes seconds; a fallback comes only where a test waits for one.
QUICK = Pace(
    turn=10.0,
    note=30.0,
    fallback=30.0,
    keep=0.2,
    lease=0.3,
    renew=0.05,
    poll=0.01,
    follow=0.01,
    heard=0.01,
    retries=(0.01, 0.02),
    away=(0.01, 0.02),
    grace=0.2,
)
# What limits do is tested by itself; whoever tests anything else sends as much as they like.
_MANY = Rate(10_000, 1)
UNLIMITED = AccessSettings(
    session_messages=_MANY,
    address_messages=_MANY,
    address_sessions=_MANY,
    address_requests=_MANY,
)


ON_BOTH = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


def on_postgres(server: Server, name: str) -> str:
    """Return the gateway's address of one of the server's databases."""
    return (
        f"postgresql+asyncpg{server.url.removeprefix('postgresql').removesuffix('postgres')}{name}"
    )


def in_a_thread(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` to its end, whether or not a loop runs in this thread."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def made(url: str) -> None:
    """Make all tables."""
    store = Store(url)
    await store.start()
    await store.stop()


async def run(url: str, statement: str) -> None:
    """Run a statement outside of any transaction."""
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


def fresh(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """Return the address of a new database with all tables; SQLite's lies in `folder`."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("empty_database"), folder / "gateway.db")
        return f"sqlite+aiosqlite:///{folder / 'gateway.db'}"
    server: Server = request.getfixturevalue("postgres")
    name = f"test_{uuid.uuid4().hex}"
    in_a_thread(run(server.url, f"CREATE DATABASE {name} TEMPLATE empty"))
    return on_postgres(server, name)
