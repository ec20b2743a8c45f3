"""The connection to the database: one transaction that reads, or one that writes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gateway.store.sqlite import BEGIN, BEGIN_WRITING, BUSY_MILLISECONDS, BriefConnection, Disk

_log = logging.getLogger(__name__)
_NETWORK = {"pool_pre_ping": True, "pool_timeout": 5.0}
# Of asyncpg: to connect, and for one statement. A database that hangs holds nobody up for longer.
_SECONDS = {"timeout": 3.0, "command_timeout": 5.0}
# An option of connections whose transactions write.
WRITES = {"omni_writes": True}
# An option of connections whose transactions are few statements that find their rows by keys.
BRIEF = {"omni_brief": True}


class Away(OSError):
    """The database does not answer, as its pulse found: nothing was begun."""


class Database:
    """Transactions on one database, SQLite or PostgreSQL.

    While it `is_away` (see pulse.py) they are refused at once.
    """

    def __init__(self, url: str, patient: bool = False) -> None:
        self.url = url
        self.engine = open_engine(url, patient=patient)
        self.is_away = False
        # Of PostgreSQL, whose statements else see a state of their own each.
        snapshot = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        either = {False: self.engine, True: self.engine.execution_options(**BRIEF)}
        # By whether they are brief.
        self._readers = {b: one.execution_options(**snapshot) for b, one in either.items()}
        self._writers = {b: one.execution_options(**WRITES) for b, one in either.items()}
        file = sqlite_file(url)
        self._disk = Disk(file) if file else None
        self._syncing: set[asyncio.Task[None]] = set()
        # SQLite has one writer at a time. Waiting here is fair and wakes at once; SQLite's own
        # waiting sleeps up to a tenth of a second, and forgets who came first.
        self._turn = asyncio.Lock() if self.is_sqlite else None
        # Whoever is not urgent waits here first, so that at most one of them is before who is.
        self._queue = asyncio.Lock()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file that one process has for itself."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def reading(self, brief: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one state of the database and changes nothing.

        A `brief` one has few statements, which find few rows by their keys.
        """
        self._refuse()
        async with self._readers[brief].begin() as db:
            yield db

    @asynccontextmanager
    async def writing(
        self, urgent: bool = False, brief: bool = False
    ) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that is committed at the end, or undone where the block raises.

        An `urgent` one comes before all others that wait, but for one. What a `brief` one commits
        survives the end of this process at once, and a power cut once `on_disk` has returned.
        """
        self._refuse()
        async with AsyncExitStack() as stack:
            if self._turn and not urgent:
                await stack.enter_async_context(self._queue)
            if self._turn:
                await stack.enter_async_context(self._turn)
            yield await stack.enter_async_context(self._writers[brief].begin())

    async def on_disk(self) -> None:
        """Return once all that was committed before would survive a power cut."""
        if self._disk:
            await self._disk.reached()

    def on_disk_soon(self) -> None:
        """Have what was committed reach the disk, while nobody waits for it."""
        if self._disk:
            task = asyncio.create_task(self._disk.reached())
            self._syncing.add(task)
            task.add_done_callback(self._synced)

    def _refuse(self) -> None:
        if self.is_away:
            raise Away

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.gather(*self._syncing, return_exceptions=True)
        if self._disk:
            await self._disk.close()
        await self.engine.dispose()

    def _synced(self, task: asyncio.Task[None]) -> None:
        self._syncing.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("the store failed: %s", type(error).__name__)


def open_engine(
    url: str, migrating: bool = False, patient: bool = False, most: int = 10
) -> AsyncEngine:
    """Return the engine for `url`; SQLite gets WAL, a busy time-out, and its folder made.

    While `migrating`, statements may take long, and SQLite does not check references: it could
    not rebuild a table that others refer to. `patient` is for whom nobody waits: statements may
    take long, and all else is as usual. `most`: connections to a server that are kept.
    """
    on_network = make_url(url).get_backend_name() != "sqlite"
    options: dict[str, Any] = _NETWORK | {"pool_size": most} if on_network else {}
    if on_network and not (migrating or patient):
        options = options | {"connect_args": _SECONDS}
    if (file := sqlite_file(url)) and not (migrating or make_url(url).query):
        # What SQLAlchemy would make, but for what BriefConnection says.
        options = {"async_creator": lambda: BriefConnection(file)}
    # The parameters of a statement are what people wrote: no error may quote them.
    engine = create_async_engine(url, hide_parameters=True, **options)
    if not on_network:
        _make_folder(url)
        event.listen(engine.sync_engine, "connect", _open_sqlite if migrating else _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        event.listen(engine.sync_engine, "invalidate", _undo_sqlite)
    return engine


def sqlite_file(url: str) -> Path | None:
    """Return the file of an SQLite database, or None for any other."""
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite" or parts.database in (None, "", ":memory:"):
        return None
    return Path(str(parts.database))


def _make_folder(url: str) -> None:
    if file := sqlite_file(url):
        file.parent.mkdir(parents=True, exist_ok=True)


def _prepare_sqlite(connection: Any, record: Any) -> None:
    _open_sqlite(connection, record)
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten with zeros
    cursor.close()


def _open_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin transactions by itself, and only at the first change.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # One that reads first and writes later would fail where another wrote in between.
    options = connection.get_execution_options()
    writes, brief = ((options.keys() >= one.keys()) for one in (WRITES, BRIEF))
    driver = connection.connection.driver_connection
    if isinstance(driver, BriefConnection):
        for pragma in driver.expect(writes, brief):
            connection.exec_driver_sql(pragma)
    connection.exec_driver_sql(BEGIN_WRITING if writes else BEGIN)


def _undo_sqlite(connection: Any, _record: Any, _error: BaseException | None) -> None:
    # A task that is cancelled in the middle of a statement leaves it open, and with an open
    # statement closing the connection does not end the transaction: nobody else could write.
    connection.rollback()
