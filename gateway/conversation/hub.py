"""Who listens to which conversation: every open stream of this process."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from gateway.conversation.stream import Stream
from gateway.observe import Observer
from gateway.settings import Pace
from gateway.store import Store
from gateway.store.history import History

MOST_PER_SESSION = 6
_log = logging.getLogger(__name__)


class Hub:
    """Wakes the streams of a conversation that changed, here or in another gateway."""

    def __init__(self, store: Store, note: str, pace: Pace, observer: Observer) -> None:
        self._history: History = store.history
        self._note = note
        self._pace = pace
        self._observer = observer
        self._streams: dict[str, list[Stream]] = defaultdict(list)
        self._poller: asyncio.Task[None] | None = None
        self._closing = False

    async def start(self) -> None:
        """Begin to look for changes that other gateways make."""
        self._poller = asyncio.create_task(self._poll())

    def drain(self) -> None:
        """End every stream, and those that are still to open, with a goodbye."""
        self._closing = True
        self._end("bye", list(self._all()))

    async def stop(self) -> None:
        """End every stream, and look no more."""
        self.drain()
        if self._poller:
            self._poller.cancel()
            await asyncio.gather(self._poller, return_exceptions=True)

    @contextmanager
    def listening(
        self, conversation: str, session: str, after: int, seconds: float
    ) -> Iterator[Stream]:
        """Give a stream of `conversation` from `after` on, for as long as the block runs.

        `seconds` is how long the token lives; past MOST_PER_SESSION the session's oldest ends.
        """
        stream = Stream(self._history, self._note, self._pace, conversation, session, after)
        stream.expires_in(seconds)
        theirs = [one for one in self._streams[conversation] if one.session == session]
        self._end("bye", theirs[: max(0, len(theirs) + 1 - MOST_PER_SESSION)])
        self._streams[conversation].append(stream)
        self._observer.stream_opened()
        if self._closing:
            stream.end("bye")
        try:
            yield stream
        finally:
            self._leave(stream)
            self._observer.stream_closed()

    def changed(self, conversation: str) -> None:
        """Show its listeners what is new in `conversation`."""
        for stream in self._streams.get(conversation, ()):
            stream.wake()

    def revoked(self, session: str) -> None:
        """End the streams of a session whose tokens open nothing any more."""
        self._end("expired", [one for one in self._all() if one.session == session])

    def _leave(self, stream: Stream) -> None:
        left = self._streams[stream.conversation]
        left.remove(stream)
        if not left:
            del self._streams[stream.conversation]

    def _all(self) -> Iterator[Stream]:
        return (stream for streams in list(self._streams.values()) for stream in streams)

    def _end(self, how: str, streams: list[Stream]) -> None:
        for stream in streams:
            stream.end(how)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._pace.poll)
            if not self._streams:
                continue
            try:
                await self._look()
            except (SQLAlchemyError, OSError) as error:
                _log.error("the store failed: %s", type(error).__name__)

    async def _look(self) -> None:
        heads = await self._history.heads(self._streams.keys())
        for stream in self._all():
            # One that opened since the look is not in it; it reads the store by itself.
            if heads.get(stream.conversation) != stream.position:
                stream.wake()
        revoked = await self._history.revoked({stream.session for stream in self._all()})
        self._end("expired", [one for one in self._all() if one.session in revoked])
