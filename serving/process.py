"""One process whose lines are printed under its name."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

STOP_SECONDS = 20.0
_MOST_A_LINE = 2**20
_NAME_WIDTH = 9


class Child:
    """Runs a command; `name` stands before each line that it prints."""

    def __init__(
        self, name: str, command: Sequence[str], folder: Path, more: Mapping[str, str]
    ) -> None:
        """`more` are environment variables beside those of this process."""
        self.name = name
        self._command = command
        self._folder = folder
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", **more}
        self._process: Process | None = None
        self._printing: asyncio.Task[None] | None = None

    @property
    def code(self) -> int | None:
        """Return its exit code, None while it runs or before it does."""
        return self._process.returncode if self._process else None

    async def start(self) -> None:
        """Start it, in a session of its own: Ctrl-C is for whoever stops them all in order."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=self._folder,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            limit=_MOST_A_LINE,
            start_new_session=True,
        )
        self._printing = asyncio.create_task(self._print(self._process))

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask it to end, and kill it where it does not within `seconds`."""
        if self._process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            self._signal(number)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._process.wait()
                    break
        if self._printing:
            await asyncio.wait([self._printing], timeout=1.0)
            self._printing.cancel()

    def _signal(self, number: int) -> None:
        if self._process and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    async def _print(self, process: Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than any line of ours
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            print(f"{self.name:<{_NAME_WIDTH}}| {text}", flush=True)
