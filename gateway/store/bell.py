"""What changed, told to the other gateways on one PostgreSQL and heard from them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from gateway.store.engine import Database, open_engine

# How often something is asked where nothing is told: a connection may die without a word.
BEAT_SECONDS = 5.0
PATIENCE_SECONDS = 2.5
AGAIN_SECONDS = 1.0
_TELL = "SELECT pg_notify(kind, id) FROM unnest($1::text[], $2::text[]) AS told (kind, id)"
_log = logging.getLogger(__name__)


class Bell:
    """Tells and hears by LISTEN and NOTIFY, on a connection of its own; ids, and nothing else.

    Nobody may rely on it: what is told while the database is away is told to nobody. It tells
    what is committed already. NOTIFY within that transaction would hold a lock of the whole
    server until it is on the disk, so that no two could be committed at once. With SQLite
    there is no other gateway, and no bell.
    """

    def __init__(
        self,
        database: Database,
        hears: Mapping[str, Callable[[str], None]],
        beat: float = BEAT_SECONDS,
        patience: float = PATIENCE_SECONDS,
        again: float = AGAIN_SECONDS,
    ) -> None:
        """`hears` says who is told the ids of which kind; `again`: the pause between tries."""
        self._url = None if database.is_sqlite else database.url
        self._hears = hears
        self._beat, self._patience, self._again = beat, patience, again
        self._told: set[tuple[str, str]] = set()
        self._woken = asyncio.Event()
        self._our_pid = 0
        self._away = False
        self._task: asyncio.Task[None] | None = None
        self.is_up = self._is_stopping = False

    async def start(self) -> None:
        """Begin to hear of others."""
        if self._url:
            self._task = asyncio.create_task(self._keep(self._url))

    async def stop(self) -> None:
        """Hear and tell no more."""
        self._is_stopping = True
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=2 * self._patience)

    def tell(self, kind: str, id: str) -> None:
        """Tell the other gateways, as soon as the connection is free."""
        if self.is_up:
            self._told.add((kind, id))
            self._woken.set()

    async def _keep(self, url: str) -> None:
        while not self._is_stopping:
            try:
                await self._connect(url)
            except Exception as error:  # whatever a driver raises, the next try comes
                if not self._away:
                    _log.warning("other gateways are not heard: %s", type(error).__name__)
                self._away = True
            await asyncio.sleep(self._again)

    async def _connect(self, url: str) -> None:
        engine = open_engine(url, most=1)
        try:
            async with engine.connect() as db:
                line = (await db.get_raw_connection()).driver_connection
                try:
                    await self._serve(line)
                finally:
                    self.is_up = False
                    with suppress(Exception):  # it may be gone, or hang
                        await line.close(timeout=self._patience)  # type: ignore[union-attr]
        finally:
            await engine.dispose()

    async def _serve(self, line: Any) -> None:
        """Hear and tell; raise what the driver does once the connection is lost."""
        self._our_pid = line.get_server_pid()
        line.add_termination_listener(lambda _: self._woken.set())
        for kind in self._hears:
            await line.add_listener(kind, self._heard)
        self._told.clear()
        self._away, self.is_up = False, True
        _log.info("other gateways are heard")
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._beat):
                    await self._woken.wait()
            self._woken.clear()
            told, self._told = list(self._told), set()
            kinds, ids = [kind for kind, _ in told], [id for _, id in told]
            await line.execute(_TELL, kinds, ids, timeout=self._patience)

    def _heard(self, _line: Any, pid: int, kind: str, id: Any) -> None:
        if pid != self._our_pid:
            self._hears[kind](id)
