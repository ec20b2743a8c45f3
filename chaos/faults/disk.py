"""The disk of the embedded installation is full, or somebody else locks its SQLite files."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from chaos.fault import Scene, fault
from chaos.faults.steps import pause

FULL_SECONDS, LOCKED_SECONDS = 12.0, 4.0
DATABASES = ("gateway", "tracker", "cases")
CHUNK = b"\0" * 65536


@fault("disk-full", "no byte is left on the disk of all three databases", "embedded", 1, 10, 40)
async def full(scene: Scene) -> None:
    """Fill the disk, wait, and free it. Also what the servers log is lost meanwhile."""
    ballast = scene.place.folder / "ballast"
    for _ in range(scene.times):
        await pause(scene, 0.5, 2)
        with filled(ballast):
            await asyncio.to_thread(_shorten, scene)
            refused = _refused(scene)
            await asyncio.sleep(FULL_SECONDS)
            scene.expect(_refused(scene) > refused, "the full disk was not noticed")
            scene.figures["bytes filled"] = ballast.stat().st_size
        scene.made += 1
        await pause(scene, 2, 4)


@contextmanager
def filled(ballast: Path) -> Iterator[None]:
    """Keep the disk full, by a thread of its own, while the block runs; free it in any case."""
    stop = threading.Event()
    thread = threading.Thread(target=_fill, args=(ballast, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        ballast.unlink(missing_ok=True)


def _shorten(scene: Scene) -> None:
    """Empty the write-ahead logs, which have room for a while otherwise."""
    for name in DATABASES:
        file = scene.place.folder / f"{name}.db"
        with closing(sqlite3.connect(file, timeout=5)) as db, suppress(sqlite3.OperationalError):
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # unless it is busy, or has no room


def _refused(scene: Scene) -> int:
    return sum("503" in one for person in scene.crowd.clients for one in person.log.failed)


def _fill(ballast: Path, stop: threading.Event) -> None:
    """Write until nothing more goes, and whenever something goes again."""
    with ballast.open("wb", buffering=0) as file:
        while not stop.wait(0.05):
            for size in (len(CHUNK), 512, 1):
                try:
                    while not stop.is_set():
                        file.write(CHUNK[:size])
                except OSError:
                    continue


@fault("sqlite-locked", "another process holds a database's write lock", "embedded", 3, 60, 15)
async def locked(scene: Scene) -> None:
    """Lock each of the three databases in turn."""
    for number in range(scene.times):
        await pause(scene, 0.5, 2)
        database = scene.place.folder / f"{DATABASES[number % len(DATABASES)]}.db"
        with closing(sqlite3.connect(database, timeout=10, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            scene.made += 1
            await asyncio.sleep(LOCKED_SECONDS)
            db.execute("ROLLBACK")
