"""What is done after Slack has its answer, and order within a place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from gateway.channels.slack.web import Refusal
from gateway.delivery.outlet import Retry

DRAIN_SECONDS = 10.0
TRIES = 3
LONGEST_WAIT = 30.0
_log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]


class Later:
    """Runs small pieces of work in tasks of their own, which are awaited at the end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def do(self, work: Work) -> None:
        """Begin `work`; where Slack was not reached, and nothing was done, it is tried again."""
        task = asyncio.create_task(self._run(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        """Let what was begun end."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=DRAIN_SECONDS)
            for task in late:
                task.cancel()

    async def _run(self, work: Work) -> None:
        for again in reversed(range(TRIES)):
            try:
                await work()
                return
            except Retry as retry:
                _log.warning("Slack: %s", retry)
                if retry.uncertain or not again:
                    return
                await asyncio.sleep(min(retry.seconds or 1.0, LONGEST_WAIT))
            except Refusal as refusal:
                _log.error("Slack: %s", refusal)
                return
            except Exception as error:  # nobody else would hear of it, and not say what it quotes
                _log.error("a task failed: %s", type(error).__name__)
                return


class Turns:
    """One at a time for each key, in the order in which they came."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[None]:
        """Wait for one's turn, and have it for the length of the block."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            yield
