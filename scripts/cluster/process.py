"""One process of a cluster: started, killed, frozen and started again with the same command."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 20.0
_STEP = 0.05


class NotStarted(RuntimeError):
    """A process ended, or did not answer in time; the message ends with its last lines."""


@dataclass
class Process:
    """`user` runs it where we are root; `ready` says whether it answers."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    user: str | None = None
    # PostgreSQL's SIGTERM waits for its clients; its SIGINT does not.
    gentle: signal.Signals = signal.SIGTERM
    _running: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def runs(self) -> bool:
        """Whether it runs."""
        return self._running is not None and self._running.poll() is None

    @property
    def pid(self) -> int:
        """Return its process id."""
        assert self._running is not None
        return self._running.pid

    def begin(self) -> None:
        """Start it, in a session of its own: Ctrl-C is for whoever stops them all in order."""
        user = self.user if os.getuid() == 0 else None
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=[] if user else None,
            )

    def wait(self, seconds: float) -> None:
        """Wait until it answers; raise NotStarted."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.runs:
            if self.ready():
                return
            time.sleep(_STEP)
        last = self.log.read_text(errors="replace")[-2000:]
        raise NotStarted(f"{self.name} did not start ({self.log}):\n{last}")

    def kill(self) -> None:
        """Kill it as the kernel would, and all that it made."""
        self.signal(signal.SIGKILL)
        self._end(STOP_SECONDS)

    def stop(self, seconds: float = STOP_SECONDS) -> float:
        """Ask it to end, kill it where it does not; return the seconds that took."""
        started = time.monotonic()
        if self.runs:
            self.signal(signal.SIGCONT)
            os.kill(self.pid, self.gentle)
            if not self._end(seconds):
                self.kill()
        return time.monotonic() - started

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it hold its connections and answer nothing while the block runs."""
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and to the processes that it made."""
        for pid in tree(self.pid) if self.runs else []:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _end(self, seconds: float) -> bool:
        assert self._running is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._running.wait(seconds)
        return not self.runs


def tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        below = []
    return [pid, *(found for child in below for found in tree(int(child)))]


def listens(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
