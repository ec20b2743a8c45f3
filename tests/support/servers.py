"""PostgreSQL and Redis for tests, each in a folder of its own; `make databases` installs them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.cluster.process import NotStarted, Process, listens
from scripts.cluster.stores import OWNER, as_owner, tool
from serving.ports import free_port

START_SECONDS = 20.0
STOP_SECONDS = 10.0
# Of PostgreSQL, to end at once and leave its data as they are.
_POWER_CUT = signal.SIGQUIT


class Server:
    """A process that can be stopped, frozen and started again on the same data."""

    patience = START_SECONDS

    def __init__(self, url: str, process: Process) -> None:
        self.url = url
        self._process = process

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process.begin()
        self._process.wait(self.patience)

    def stop(self) -> None:
        """Stop it at once, as a power cut would."""
        self._process.stop(STOP_SECONDS)

    def frozen(self) -> contextlib.AbstractContextManager[None]:
        """Let it hold its connections and answer nothing."""
        return self._process.frozen()


@contextlib.contextmanager
def postgresql() -> Iterator[Server]:
    """Give a PostgreSQL server with an empty database; where none is installed the test fails."""
    try:
        programs = {name: tool(name) for name in ("initdb", "postgres", "pg_isready")}
    except NotStarted as error:
        pytest.fail(str(error), pytrace=False)
    with _folder(OWNER) as folder:
        data, port = str(folder / "data"), free_port()
        initdb = [programs["initdb"], "-D", data, "-A", "trust", "-U", "omni"]
        as_owner([*initdb, "--no-sync", "-E", "UTF8"]).check_returncode()
        settings = ["-p", str(port), "-k", str(folder), "-h", "127.0.0.1", "-F"]
        ready = [programs["pg_isready"], "-q", "-h", "127.0.0.1", "-p", str(port)]
        process = Process(
            "postgres",
            [programs["postgres"], "-D", data, *settings],
            lambda: subprocess.call(ready) == 0,
            folder / "log",
            folder=folder,
            user=OWNER,
            gentle=_POWER_CUT,
        )
        yield from _running(Server(f"postgresql://omni@127.0.0.1:{port}/postgres", process))


@contextlib.contextmanager
def redis() -> Iterator[Server]:
    """Give an empty Redis server; where none is installed the test fails."""
    program = shutil.which("redis-server")
    if not program:
        pytest.fail("Redis is missing: make databases", pytrace=False)
    with _folder("redis") as folder:
        port = free_port()
        settings = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        process = Process(
            "redis",
            [program, *settings],
            lambda: listens(port),
            folder / "log",
            gentle=_POWER_CUT,
        )
        yield from _running(Server(f"redis://127.0.0.1:{port}/1", process))


def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def _folder(owner: str) -> Iterator[Path]:
    """A folder that the server's own user may enter; pytest's are for root alone."""
    folder = Path(tempfile.mkdtemp(prefix=f"omni-{owner}-"))
    try:
        if os.getuid() == 0 and owner == OWNER:
            shutil.chown(folder, owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
