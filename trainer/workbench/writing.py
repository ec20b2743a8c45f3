"""Several files written as one: each by a rename, and all put back where one cannot be written."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from trainer.workbench.draft import Write
from trainer.workbench.errors import refuse

WAIT_SECONDS = 10


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a lock that other processes respect too; raise Refused after WAIT_SECONDS."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        until = time.monotonic() + WAIT_SECONDS
        while not _taken(file.fileno()):
            if time.monotonic() > until:
                raise refuse("busy", seconds=WAIT_SECONDS)
            time.sleep(0.05)
        yield  # closing the file gives the lock back


def write_all(root: Path, writes: Sequence[Write]) -> None:
    """Write every file, or leave all as they were and raise OSError."""
    done: list[Write] = []
    try:
        for write in writes:
            _put(root / write.file, write.after)
            done.append(write)
    except OSError:
        for write in reversed(done):
            _put(root / write.file, write.before)
        raise


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _put(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    with NamedTemporaryFile(
        "wb", dir=path.parent, prefix=f".{path.name}.", suffix=".tmp", delete=False
    ) as file:
        try:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), mode)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
