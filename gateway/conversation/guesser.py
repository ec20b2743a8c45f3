"""Asks the process that knows what texts are about (guessing.py); never waits for it for long."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from assistant.settings import ROOT

ANSWER_SECONDS = 1.0
# After it ended by itself.
AGAIN_SECONDS = 60.0
COMMAND = (sys.executable, "-W", "ignore", "-m", "gateway.conversation.guessing")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Guess:
    """Ids of what may help: one situation, or several that it may be, or else articles."""

    situations: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


class Guesser:
    """The process at work; `ready` is set while it answers."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self._process: Process | None = None
        self._running: asyncio.Task[None] | None = None
        self._numbers = count(1)
        self._asked: dict[int, asyncio.Future[Guess]] = {}

    def start(self) -> None:
        """Start the process, and again a while after it ends by itself."""
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the process."""
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def guess(self, words: str) -> Guess:
        """Return what `words` may be about; nothing where the process is not ready, or too slow."""
        if not self.ready.is_set() or self._process is None or self._process.stdin is None:
            return Guess()
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            line = json.dumps({"n": number, "words": words})
            self._process.stdin.write(f"{line}\n".encode())
            return await asyncio.wait_for(answer, ANSWER_SECONDS)
        except (TimeoutError, OSError):
            _log.warning("no guess within %.0f s", ANSWER_SECONDS)
            return Guess()
        finally:
            del self._asked[number]

    async def _run(self) -> None:
        while True:
            try:
                await self._live()
            except (OSError, ValueError) as error:
                _log.error("the guesser failed: %s", type(error).__name__)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _live(self) -> None:
        # Its own errors could quote what people write.
        self._process = await asyncio.create_subprocess_exec(
            *COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=ROOT
        )
        try:
            await self._hear(self._process)
            _log.error("the guesser ended: %s", await self._process.wait())
        finally:
            self.ready.clear()
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _hear(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            answer: Mapping[str, Any] = json.loads(line)
            waiting = self._asked.get(answer.get("n", 0))
            if not answer:
                self.ready.set()
                _log.info("ready to guess")
            elif waiting and not waiting.done():
                situations, articles = tuple(answer["situations"]), tuple(answer["articles"])
                waiting.set_result(Guess(situations, articles))
