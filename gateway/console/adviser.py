"""Asks the process that advises on phrases (advising.py); it starts with the first question."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Any

from assistant.settings import ROOT

# The first answer waits for the model and all phrases; a changed example for the phrases.
WAIT_SECONDS = 150.0
_MOST_A_LINE = 2**22
_log = logging.getLogger(__name__)


class NoAdvice(Exception):
    """There is none now; `key` is the sentence of texts.yml that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class AdviserClient:
    """One process, asked one thing after the other."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process: Process | None = None
        self._alone = asyncio.Lock()
        self._n = 0

    async def advise(self, text: str, intent: str) -> dict[str, Any]:
        """Return what trainer.advise says, as a dictionary; raise NoAdvice."""
        async with self._alone:
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    answer = await self._ask(text, intent)
            except (OSError, ValueError, TimeoutError) as error:
                _log.error("the adviser failed: %s", type(error).__name__)
                await self.stop()
                raise NoAdvice("no_advice") from None
            except asyncio.CancelledError:
                await self.stop()  # its answer would be taken for the next one's
                raise
        if "error" in answer:
            raise NoAdvice(answer["error"])
        return dict(answer["advice"])

    async def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _ask(self, text: str, intent: str) -> dict[str, Any]:
        process = await self._running()
        assert process.stdin is not None and process.stdout is not None
        self._n += 1
        line = json.dumps({"n": self._n, "text": text, "intent": intent})
        process.stdin.write(f"{line}\n".encode())
        await process.stdin.drain()
        answer: dict[str, Any] = json.loads(await process.stdout.readline() or b"null") or {}
        if answer.get("n") != self._n:
            raise ValueError("no answer")
        return answer

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            command = (sys.executable, "-W", "ignore", "-m", "gateway.console.advising")
            self._process = await asyncio.create_subprocess_exec(
                *command, str(self._root), cwd=ROOT,
                stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=_MOST_A_LINE,
            )  # fmt: skip
        return self._process
