"""The fake Slack for tests that are not asynchronous: it runs in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fake_slack import APP_TOKEN, BOT_TOKEN, DESK, FakeSlack
from slack_person import Person

SECONDS = 60
T = TypeVar("T")
Json = dict[str, Any]


class SlackInAThread:
    """A Slack, and `ana`, who works there."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.slack = self.run(_made())
        self.ana = Person(self.slack)

    @property
    def settings(self) -> dict[str, str]:
        """What a gateway is started with to be an app of this Slack."""
        return {
            "OMNI_SLACK_BOT_TOKEN": BOT_TOKEN,
            "OMNI_SLACK_APP_TOKEN": APP_TOKEN,
            "OMNI_SLACK_CASES_CHANNEL": DESK,
            "OMNI_SLACK_API": f"{self.slack.url}/api/",
        }

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
        """Close it."""
        self.run(self.slack.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)


async def _made() -> FakeSlack:
    slack = FakeSlack()
    await slack.start()
    return slack
