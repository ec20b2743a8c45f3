"""What is done after an activity was acknowledged, in order for each conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from gateway.delivery.outlet import Retry

STOP_SECONDS = 10.0
_log = logging.getLogger(__name__)


class Tasks:
    """Runs them one after the other for each key, and lets them end at the stop."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Task[None]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._idle: set[asyncio.Task[None]] = set()

    def add_idle(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` beside all others; at the stop it is cut off, since nothing is lost by it."""
        task = asyncio.create_task(self._after(None, work))
        self._idle.add(task)
        task.add_done_callback(self._idle.discard)

    def add(self, key: str, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` once all that was added for `key` before has ended."""
        task = asyncio.create_task(self._after(self._last.get(key), work))
        self._last[key] = task
        self._running.add(task)
        task.add_done_callback(lambda _: self._ended(key, task))

    async def drain(self) -> None:
        """Wait until all have ended, some seconds at most; then they are cut off."""
        late = set(self._idle)
        if self._running:
            late |= (await asyncio.wait(self._running, timeout=STOP_SECONDS))[1]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._last.get(key) is task:
            del self._last[key]

    async def _after(
        self, before: asyncio.Task[None] | None, work: Coroutine[Any, Any, None]
    ) -> None:
        try:
            if before:
                await asyncio.wait([before])
            await work
        except Exception as error:  # nobody waits for it: it is said here or nowhere
            fault = str(error) if isinstance(error, Retry) else type(error).__name__
            _log.warning("teams: after an activity: %s", fault)
        finally:
            work.close()
