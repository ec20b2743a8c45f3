"""One long work at a time, and how far it is: measuring, or publishing a version."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.settings import ROOT
from gateway.console.steps import Step, note_steps
from gateway.console.wording import say
from gateway.store.tables import now

MOST_LINES = 300
COMMAND = (sys.executable, "-W", "ignore", "-m", "gateway.console.working")
_MOST_A_LINE = 2**22
_log = logging.getLogger(__name__)


class Busy(Exception):
    """Another work is under way."""


@dataclass
class Job:
    """A work: the steps that it took, what it said, what it asks, and how it ended."""

    kind: str
    who: str
    started: datetime
    steps: list[Step] = field(default_factory=list)
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    differences: dict[str, Any] | None = None
    weak: list[str] = field(default_factory=list)
    first: bool = False
    ask: str = ""
    version: str = ""
    ended: datetime | None = None
    went_well: bool = False
    text: str = ""

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.ended is None

    def take(self, event: dict[str, Any]) -> None:
        """Note one thing that happened."""
        if "step" in event:
            self._end_step()
            self.steps.append(Step(event["step"], now()))
        elif "line" in event:
            self.lines.append(event["line"])
        elif "differences" in event:
            self.differences = event["differences"]
        elif "unusual" in event:
            self.steps[-1].usual = False
        elif "weak" in event:
            self.weak = event["weak"]
        elif "first" in event:
            self.first = event["first"]
        elif "ask" in event:
            self._end_step()
            self.ask = self.version = event["ask"]
        elif "end" in event:
            self.end(event["end"], event["text"])

    def end(self, well: bool, text: str) -> None:
        """Note how it ended, once."""
        if self.runs:
            if well:
                self._end_step()
            self.ended, self.went_well, self.text, self.ask = now(), well, text, ""

    @property
    def stopped_at(self) -> str:
        """The step at which it failed, "" where it did not."""
        return self.steps[-1].name if self.steps and self.ended and not self.went_well else ""

    def _end_step(self) -> None:
        if self.steps and self.steps[-1].ended is None:
            self.steps[-1].ended = now()


class Jobs:
    """Starts works on the project below `root`; ends them with the gateway."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._last: dict[str, Job] = {}
        self._process: Process | None = None
        self._hearing: asyncio.Task[None] | None = None

    def last(self, kind: str) -> Job | None:
        """Return the work of a kind that was begun last."""
        return self._last.get(kind)

    @property
    def current(self) -> Job | None:
        """Return what is under way."""
        return next((job for job in self._last.values() if job.runs), None)

    async def start(self, kind: str, who: str, *more: str) -> Job:
        """Begin a work; raise Busy where there is one."""
        if self.current:
            raise Busy
        job = self._last[kind] = Job(kind, who, now())
        try:
            self._process = await self._begun(kind, who, *more)
        except BaseException as error:
            job.end(False, say("work_not_begun"))
            if not isinstance(error, OSError):
                raise
            _log.warning("console: no process for a work (%s)", type(error).__name__)
            return job
        self._hearing = asyncio.create_task(self._hear(job, self._process))
        return job

    async def _begun(self, kind: str, who: str, *more: str) -> Process:
        return await asyncio.create_subprocess_exec(
            *COMMAND, kind, str(self._root), *more, cwd=ROOT,
            env={**os.environ, "OMNI_TRAINER": who},
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=_MOST_A_LINE, start_new_session=True,
        )  # fmt: skip

    async def answer(self, version: str, yes: bool) -> bool:
        """Answer what a release asks; return whether it asked that."""
        job = self.last("release")
        if not (job and job.runs and job.ask == version and self._process and version):
            return False
        assert self._process.stdin is not None
        job.ask = ""
        try:
            self._process.stdin.write(b"s\n" if yes else b"n\n")
            await self._process.stdin.drain()
        except ConnectionError:
            return False  # it has just ended: nobody is asking any more
        return True

    async def stop(self) -> None:
        """End what is under way; nothing is published then that was not."""
        if self._process and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
        if self._hearing:
            await asyncio.gather(self._hearing, return_exceptions=True)

    async def _hear(self, job: Job, process: Process) -> None:
        assert process.stdout is not None
        try:
            async for line in process.stdout:
                job.take(json.loads(line))
        except ValueError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        job.end(False, say("work_stopped"))
        note_steps(self._root, job.steps)
