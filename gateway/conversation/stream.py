"""One open stream of events: what is new in a conversation, from the store and nowhere else."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import ServerSentEvent

from gateway.conversation.working import note_due_in, working
from gateway.schemas import Working
from gateway.settings import Pace
from gateway.store import Page
from gateway.store.engine import Away
from gateway.store.history import MOST_AT_ONCE, History
from gateway.store.values import Held

_log = logging.getLogger(__name__)


class Stream:
    """Reads the conversation whenever it is woken, and says what it had not said before.

    `position` is the `seq` of the last message that was said.
    """

    def __init__(
        self,
        history: History,
        note: str,
        pace: Pace,
        conversation: str,
        session: str,
        after: int,
    ) -> None:
        self._history = history
        self._note = note
        self._pace = pace
        self.conversation = conversation
        self.session = session
        self.position = after
        self._woken = asyncio.Event()
        self._given_up = asyncio.Event()
        self._working: Working | None = None
        self._held: Held | None = None
        self._ending = ""
        self._clock = asyncio.get_running_loop().time
        self._ends_at = self._clock() + pace.stream
        self._ends_as = "bye"

    def wake(self) -> None:
        """Look for what is new."""
        self._woken.set()

    def give_up(self) -> None:
        """End without a word, since the store is away, also within reading it."""
        self._given_up.set()
        self._woken.set()

    def end(self, how: str) -> None:
        """End with the event `how`: "bye" or "expired"."""
        self._ending = self._ending or how
        self._woken.set()

    def expires_in(self, seconds: float) -> None:
        """End as expired after `seconds`, if the stream is still open then."""
        if self._clock() + seconds < self._ends_at:
            self._ends_at, self._ends_as = self._clock() + seconds, "expired"

    async def events(self) -> AsyncIterator[ServerSentEvent]:
        """Yield what was said after `position`, then what is said from now on.

        Ends without a word where the store fails: the client comes again.
        """
        try:
            async for event in self._all():
                yield event
        except (SQLAlchemyError, OSError) as error:
            _log.error("the store failed: %s", type(error).__name__)

    async def _all(self) -> AsyncIterator[ServerSentEvent]:
        first = True
        while not self._ending:
            # Cleared before the store is read: what changes while it is read is read again.
            self._woken.clear()
            page = await self._page()
            if page is None:
                yield _event("erased", {})
                return
            if first and self.position > page.last:
                # A store from a backup: what it counts anew would be taken for known.
                self.position, first = 0, False
                continue
            first = False
            for event in self._news(page):
                yield event
            if len(page.messages) < MOST_AT_ONCE:
                await self._sleep(page)
        yield _event(self._ending, {})

    async def _page(self) -> Page | None:
        """Read what is new; raise Away where the store is found to be so meanwhile."""
        # A client that leaves cancels this; cut off within, the reading would cost the
        # database's connection.
        reading = asyncio.ensure_future(self._history.page(self.conversation, self.position))
        away = asyncio.ensure_future(self._given_up.wait())
        try:
            await asyncio.wait([reading, away], return_when=asyncio.FIRST_COMPLETED)
        finally:
            away.cancel()
            reading.add_done_callback(_forget)
        if self._given_up.is_set():
            raise Away
        return reading.result()

    def _news(self, page: Page) -> Iterator[ServerSentEvent]:
        for seq, state in page.settled.items():
            if seq <= self.position and state != "pending":
                yield _event("state", {"seq": seq, "state": state})
        for message in page.messages:
            self.position = message.seq
            yield _event("message", message.wire(), id=message.seq)
        if page.held != self._held:
            self._held = page.held
            yield _event("held", asdict(page.held))
        stands = working(page, self._note, self._pace.note)
        if stands != self._working:
            self._working = stands
            yield _event("working", stands.model_dump())

    async def _sleep(self, page: Page) -> None:
        """Wait until woken, until the note is due, or until the stream's time is over."""
        left = self._ends_at - self._clock()
        due = note_due_in(page, self._pace.note)
        seconds = left if due is None else min(left, due)
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._woken.wait()
        except TimeoutError:
            if self._clock() >= self._ends_at:
                self.end(self._ends_as)


def _forget(reading: asyncio.Future[Page | None]) -> None:
    """Take what came of a reading that nobody waits for, so that asyncio does not complain."""
    if not reading.cancelled():
        reading.exception()


def _event(kind: str, data: dict[str, Any], id: int | None = None) -> ServerSentEvent:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return ServerSentEvent(text, event=kind, id=None if id is None else str(id), sep="\n")
