"""One gateway for each SQLite file: the kernel's lock on a file beside it says so."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class StoreInUse(OSError):
    """Another process has the database; the message is one line for whoever started this one."""


class ProcessLock:
    """Held from `acquire` to `release`, or until the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock, unless it is ours already; raise StoreInUse where another has it."""
        if self._handle is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise StoreInUse(f"outro gateway já usa este banco ({self._path})") from error
        self._handle = handle

    def release(self) -> None:
        """Let another have it."""
        if self._handle is not None:
            # The file stays: removing it could leave two processes with a lock each.
            os.close(self._handle)
            self._handle = None
