"""Snapshots of SQLite files, while servers write to them, and putting them back."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from scripts.backup.wording import BackupError


def snapshot(source: Path, target: Path) -> None:
    """Copy one state of a database; writers go on meanwhile. Raise BackupError where it is broken.

    The copy is one file, without a write-ahead log beside it.
    """
    with (
        closing(sqlite3.connect(source, timeout=10)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")
        check(new, source)


def check(db: sqlite3.Connection, named: Path) -> None:
    """Raise BackupError where SQLite finds something wrong."""
    found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise BackupError(f"{named}: {found}")


def compact(file: Path) -> None:
    """Write a database anew, so that nothing of what was erased is left in free pages."""
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("VACUUM")
        check(db, file)


def put_back(part: Path, target: Path) -> None:
    """Replace a database as a whole, and what SQLite had beside the older one."""
    near = target.with_name(f".{target.name}.restoring")  # on the same disk
    shutil.copy(part, near)
    near.chmod(0o600)
    for end in ("-wal", "-shm"):
        target.with_name(target.name + end).unlink(missing_ok=True)
    near.replace(target)


@contextmanager
def nobody_else(files: Sequence[Path]) -> Iterator[None]:
    """Keep gateway and Rasa out while the block runs; raise BackupError where one has a file."""
    handles = []
    try:
        for file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            lock = file.with_name(f"{file.name}.lock").open("a")
            handles.append(lock)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise BackupError(f"{file} is in use: stop every server first") from None
        yield
    finally:
        for lock in handles:
            lock.close()
