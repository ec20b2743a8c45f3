"""Someone of the team, who works on the gateway's store as its own desk does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gateway.handoff.states import Actions, Decision
from gateway.handoff.texts import load_desk_texts
from gateway.store.engine import Database
from gateway.store.handoffs import Handoffs
from gateway.store.values import Agent


class TeamMember:
    """Does one thing at a time with a case of the gateway whose database is at `url`."""

    def __init__(self, url: str, case: int, name: str) -> None:
        self._url, self._case = url, case
        self._agent = Agent(f"test:{name}", name)
        self._actions = Actions(load_desk_texts(), lambda *_: None)

    def assume(self) -> None:
        """Take the conversation."""
        self._do(self._actions.assume(self._agent))

    def reply(self, text: str) -> None:
        """Say something to the person."""
        self._do(self._actions.reply(self._agent, [text], None))

    def hand_back(self) -> None:
        """Give the conversation back to the assistant."""
        self._do(self._actions.hand_back(self._agent, None, None))

    def _do(self, decision: Decision) -> None:
        """Playwright's own loop runs in this thread, so another does the work."""

        async def change() -> None:
            database = Database(self._url)
            await Handoffs(database).change(self._case, decision)
            await database.close()

        in_a_thread(lambda: asyncio.run(change()))


def in_a_thread(work: Callable[[], Any]) -> None:
    """Run `work` to its end where no loop runs."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(work).result()
