"""PostgreSQL and Redis for tests, each in a folder of its own; `make databases` installs them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

START_SECONDS = 20


class Server:
    """A process that can be stopped, frozen and started again on the same data."""

    def __init__(self, url: str, command: list[str], ready: Callable[[], bool]) -> None:
        self.url = url
        self._command, self._ready = command, ready
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, stdout=quiet, stderr=quiet)
        end = time.monotonic() + START_SECONDS
        while not self._ready():
            assert time.monotonic() < end and self._process.poll() is None, self._command
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it at once, as a power cut would."""
        if self._process and self._process.poll() is None:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGQUIT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it hold its connections and answer nothing."""
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        """Send a signal to it and to the processes that it made."""
        assert self._process
        children = _tree(self._process.pid)
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


@contextlib.contextmanager
def postgresql() -> Iterator[Server]:
    """Give a PostgreSQL server with an empty database; where none is installed the test fails."""
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not tools:
        pytest.fail("PostgreSQL is missing: make databases", pytrace=False)
    with _folder("postgres") as folder:
        user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        data, port = str(folder / "data"), free_port()
        initdb = [*user, str(tools[-1] / "initdb"), "-D", data, "-A", "trust", "-U", "omni"]
        subprocess.run([*initdb, "--no-sync", "-E", "UTF8"], check=True, capture_output=True)
        settings = ["-p", str(port), "-k", str(folder), "-h", "127.0.0.1", "-F"]
        url = f"postgresql://omni@127.0.0.1:{port}/postgres"
        ready = [str(tools[-1] / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        command = [*user, str(tools[-1] / "postgres"), "-D", data, *settings]
        yield from _running(Server(url, command, lambda: subprocess.call(ready) == 0))


@contextlib.contextmanager
def redis() -> Iterator[Server]:
    """Give an empty Redis server; where none is installed the test fails."""
    program = shutil.which("redis-server")
    if not program:
        pytest.fail("Redis is missing: make databases", pytrace=False)
    with _folder("redis") as folder:
        port = free_port()
        settings = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        server = Server(
            f"redis://127.0.0.1:{port}/1", [program, *settings], lambda: _listening(port)
        )
        yield from _running(server)


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


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
        if os.getuid() == 0 and owner == "postgres":
            shutil.chown(folder, owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _listening(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def _tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    below = listed.read_text().split() if listed.exists() else []
    return [pid, *(found for child in below for found in _tree(int(child)))]
