"""Whether the database on the network answers; while it does not, nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy import text

from gateway.store.engine import Database, open_engine

BEAT_SECONDS = 1.0
# An answer takes milliseconds; statements of people's own requests may take five seconds.
PATIENCE_SECONDS = 2.5
_log = logging.getLogger(__name__)


class Pulse:
    """Asks the database each second, by a connection of its own; `told` hears when it goes away.

    A database that hangs holds its connections and refuses nothing: each request would wait for
    seconds, one after the other, before anybody is told. SQLite has no pulse: it is no server.
    """

    def __init__(
        self,
        database: Database,
        told: Callable[[], None],
        beat: float = BEAT_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._database = database
        self._told = told
        self._beat_seconds, self._patience = beat, patience
        self._engine = None if database.is_sqlite else open_engine(database.url, most=1)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to ask."""
        if self._engine:
            self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Ask no more."""
        self._database.is_away = False
        if self._task and self._engine:
            self._task.cancel()
            await asyncio.wait([self._task])
            await self._engine.dispose()

    async def _watch(self) -> None:
        while True:
            await self._beat()
            await asyncio.sleep(self._beat_seconds)

    async def _beat(self) -> None:
        asking = asyncio.create_task(self._ask())
        await asyncio.wait([asking], timeout=self._patience)
        # A process that was held up itself finds both, the time over and the answer there.
        await asyncio.sleep(0)
        if not asking.done():
            self._note(False)
        self._note(await asking)

    async def _ask(self) -> bool:
        assert self._engine
        try:
            async with self._engine.connect() as db:
                await db.execute(text("SELECT 1"))
        except Exception:  # whatever a driver raises: an end here would leave the store "away"
            return False
        return True

    def _note(self, answers: bool) -> None:
        went_away = not answers and not self._database.is_away
        came_back = answers and self._database.is_away
        self._database.is_away = not answers
        if went_away:
            _log.error("the store does not answer: nobody waits for it")
            self._told()
        elif came_back:
            _log.warning("the store answers again")
