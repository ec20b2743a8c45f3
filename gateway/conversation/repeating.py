"""What is done again and again for as long as the gateway runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

STOP_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Repeating:
    """Takes a step now and then; where the store fails, the step after it tries again.

    It is told to stop, and not cancelled: a step that is cancelled within a transaction may end
    with an error of the database instead, which looks like a store that fails.
    """

    def __init__(self, step: Callable[[], Awaitable[float]], seconds: float) -> None:
        """`step` returns how long to wait for the next one; after a failure that is `seconds`."""
        self._step = step
        self._seconds = seconds
        self._stopped = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, after: float = 0.0) -> None:
        """Take the first step in `after` seconds."""
        self._task = asyncio.create_task(self._run(after))

    async def stop(self) -> None:
        """Let the step under way end, and take no other."""
        self._stopped.set()
        if self._task:
            _, late = await asyncio.wait([self._task], timeout=STOP_SECONDS)
            for task in late:
                task.cancel()

    async def _run(self, seconds: float) -> None:
        while not await self._stopped_within(seconds):
            try:
                seconds = await self._step()
            except (SQLAlchemyError, OSError) as error:
                _log.error("the store failed: %s", type(error).__name__)
                seconds = self._seconds

    async def _stopped_within(self, seconds: float) -> bool:
        if seconds > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stopped.wait()
        return self._stopped.is_set()
