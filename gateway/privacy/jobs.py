"""What privacy needs done without being asked, as long as the gateway runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from gateway.privacy.eraser import Eraser
from gateway.store.people import People
from gateway.store.tables import now

FINISH_SECONDS = 60.0
RETENTION_SECONDS = 3600.0
_log = logging.getLogger(__name__)


class Jobs:
    """Tries erasures again each minute; each hour erases what is past its time. Both at start."""

    def __init__(
        self, eraser: Eraser, people: People, retention: timedelta, renewal_lifetime: timedelta
    ) -> None:
        self._eraser = eraser
        self._people = people
        self._retention = retention
        self._renewal_lifetime = renewal_lifetime
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, in tasks of their own."""
        self._tasks = [
            asyncio.create_task(_repeat(self.finish_erasures, FINISH_SECONDS)),
            asyncio.create_task(_repeat(self.enforce_retention, RETENTION_SECONDS)),
        ]

    async def stop(self) -> None:
        """End; what is under way is cut off and taken up at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def finish_erasures(self) -> None:
        """Try once more what other stores may still have."""
        await self._eraser.finish(now())

    async def enforce_retention(self) -> None:
        """Erase what is older than the setting, and dead sessions."""
        erased = await self._eraser.retire(now() - self._retention)
        cleaned = await self._people.clean(self._renewal_lifetime)
        if erased or cleaned:
            _log.info("retention: %d conversations, %d old tokens", erased, cleaned)


async def _repeat(work: Callable[[], Awaitable[None]], seconds: float) -> None:
    while True:
        try:
            await work()
        except Exception as error:
            # Whatever it was, the next round must come. Its text may quote what people wrote.
            _log.error("privacy job failed: %s", type(error).__name__)
        await asyncio.sleep(seconds)
