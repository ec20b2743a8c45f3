"""SQLite from asyncio: what is quick is done at once, what may wait is left to a thread.

Most statements of a turn take SQLite some 20 microseconds, and handing one to a thread and back
takes several times as long. So a transaction that says it is `brief` runs where it is asked for:
its statements, and its commit, which then waits for no disk. What does wait, another process that
writes or the disk, is waited for in threads.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aiosqlite import Connection

BUSY_MILLISECONDS = 2000
_log = logging.getLogger(__name__)
BEGIN, BEGIN_WRITING = "BEGIN", "BEGIN IMMEDIATE"
# SQLite's own measure, in pages; a turn writes some 40, and has the disk waited for twice.
_CHECKPOINT_PAGES = 1000
_CHECKPOINT_SYNCS = 50
_LASTING = ("PRAGMA synchronous = FULL", f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
_BRIEF = ("PRAGMA synchronous = NORMAL", "PRAGMA wal_autocheckpoint = 0")
# The part of an error's code that SQLITE_BUSY_RECOVERY and its like have in common.
_PRIMARY = 0xFF


class BriefConnection(Connection):
    """A connection whose brief transactions stay in the thread of the event loop."""

    def __init__(self, file: Path) -> None:
        super().__init__(lambda: sqlite3.connect(file, check_same_thread=False), 64)
        self._thread.daemon = True
        self._brief = False
        self._writes_brief = False
        self._torn = False

    def expect(self, writes: bool, brief: bool) -> Sequence[str]:
        """Be ready for a transaction; return what has to be said to SQLite before it.

        One that `writes` and is brief waits for no disk when it is committed.
        """
        self._brief = brief
        if not writes or brief == self._writes_brief:
            return ()
        self._writes_brief = brief
        return _BRIEF if brief else _LASTING

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._brief and not self._torn and not self._closes(fn):
            if args[:1] != (BEGIN_WRITING,):
                return fn(*args, **kwargs)
            if self._at_once(fn, *args):
                return None
        try:
            return await super()._execute(fn, *args, **kwargs)
        except asyncio.CancelledError:
            # The thread goes on with it, and nobody may come in between.
            self._torn = True
            raise

    def _closes(self, fn: Callable[..., Any]) -> bool:
        return fn.__name__ == "close" and getattr(fn, "__self__", None) is self._connection

    def _at_once(self, fn: Callable[..., Any], *args: Any) -> bool:
        """Begin to write, unless another process writes just now."""
        self._conn.execute("PRAGMA busy_timeout = 0")
        try:
            fn(*args)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            self._conn.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        return True


class Disk:
    """Says when what was committed has reached the disk: one wait for all who ask meanwhile."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._wal = file.with_name(f"{file.name}-wal")
        self._syncs = 0
        self._current: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None
        self._tidying: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Let what is under way end."""
        tasks = [task for task in (self._current, self._next, self._tidying) if task]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def reached(self) -> None:
        """Return once all that is committed by now would survive a power cut."""
        if self._next is None:
            self._next = asyncio.create_task(self._sync(self._current))
        await asyncio.shield(self._next)

    async def _sync(self, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.wait([before])
        # What is committed from here on may come too late for this one.
        self._current, self._next = self._next, None
        await asyncio.to_thread(_sync_file, self._wal)
        self._syncs += 1
        if self._syncs % _CHECKPOINT_SYNCS == 0:
            self._tidying = asyncio.create_task(self._tidy())

    async def _tidy(self) -> None:
        try:
            await asyncio.to_thread(_checkpoint, self._file)
        except sqlite3.Error as error:  # the log stays longer, and nothing is lost
            _log.warning("no checkpoint: %s", type(error).__name__)


def _sync_file(file: Path) -> None:
    try:
        handle = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return  # SQLite removes it once all that it held is in the database, and on the disk
    try:
        os.fdatasync(handle)
    finally:
        os.close(handle)


def _checkpoint(file: Path) -> None:
    """Move what is in the log into the database, as far as nobody reads or writes it."""
    connection = sqlite3.connect(file)
    try:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        connection.close()
