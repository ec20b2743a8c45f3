"""The embedded installation on a small disk of its own, with a clock that can be set."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import tempfile
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from chaos.places.embedded import READY, Stack

DISK = "64m"
NO_CLOCK = "libfaketime is missing: apt-get install faketime"
NO_DISK = "a disk of its own needs root, to mount a tmpfs"


class Missing(RuntimeError):
    """This machine lacks what a fault needs; the message says what."""


class Small(Stack):
    """A Stack on a tmpfs, logs as well, whose servers' clock is as far off as a file says."""

    def __init__(self) -> None:
        library = _library()
        folder = Path(tempfile.mkdtemp(prefix="omni-small-"))
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
        if subprocess.run(mount, capture_output=True).returncode:
            folder.rmdir()
            raise Missing(NO_DISK)
        super().__init__(folder)
        self._clock_by(library)

    def answers(self, name: str) -> bool:
        """Whether a process runs and answers."""
        return self.runs(name) and self._answers(name)

    def command_of(self, name: str, port: int) -> tuple[list[str], dict[str, str]]:
        """Return how a second gateway or Rasa would be started, on another port."""
        command = [
            str(port) if one == str(self.ports[name]) else one for one in self._command(name)
        ]
        return command, {**self.environment, "OMNI_PORT": str(port)}

    def set_clock(self, seconds: int) -> None:
        """Let the servers' clock be so far from the true time, within a second."""
        fresh = self.folder / "clock.new"
        fresh.write_text(f"{seconds:+d}\n", encoding="ascii")
        fresh.rename(self.folder / "clock")

    def clock_ahead(self) -> float | None:
        """Return how far the gateway's clock is from the true time, by the Date of an answer."""
        try:
            said = self._http.get(f"{self.url}{READY['gateway']}").headers["Date"]
        except httpx.HTTPError:
            return None
        return parsedate_to_datetime(said).timestamp() - time.time()

    def sql(self, database: str, query: str, *values: Any) -> list[Any]:
        """Ask one of the databases; the cases' is made with the first message."""
        try:
            return super().sql(database, query, *values)
        except sqlite3.OperationalError as error:
            if database == "cases" and "no such table" in str(error):
                return []
            raise

    def remove(self, keep: bool = False) -> None:
        """Stop everything and give the disk back, unless it is to be looked at."""
        try:
            self.stop()
        finally:
            if not keep:
                subprocess.run(["umount", "-l", str(self.folder)], check=True)
                shutil.rmtree(self.folder, ignore_errors=True)

    def _clock_by(self, library: str) -> None:
        self.set_clock(0)
        self.settings |= {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


def _library() -> str:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise Missing(NO_CLOCK)
    return str(found[0])
