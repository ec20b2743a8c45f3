"""Asynchronous fakes for tests that are not asynchronous: a loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

SECONDS = 60
T = TypeVar("T")


class Loop:
    """Runs what is asynchronous, wherever it is called from."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what `work` gives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS)

    def until(self, holds: Callable[[], T]) -> T:
        """Wait until `holds` gives something true, and return it."""

        async def found() -> T:
            async with asyncio.timeout(SECONDS):
                while not (value := holds()):
                    await asyncio.sleep(0.05)
                return value

        return self.run(found())

    def stop(self) -> None:
        """Run nothing any more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
