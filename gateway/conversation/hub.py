"""Who listens to which conversation: every open stream of this process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gateway.conversation.repeating import Repeating
from gateway.conversation.stream import Stream
from gateway.observe import Observer
from gateway.settings import Pace
from gateway.store import Store
from gateway.store.bell import Bell
from gateway.store.history import History

MOST_PER_SESSION = 6
# What gateways tell each other, with the id of a conversation or of a session.
_CHANGED, _REVOKED = "omni_changed", "omni_revoked"


class Hub:
    """Wakes the streams of a conversation that changed, here or in another gateway.

    The others tell it of their changes; it looks for them as well, since they may not be heard.
    """

    def __init__(self, store: Store, note: str, pace: Pace, observer: Observer) -> None:
        self._history: History = store.history
        self._note = note
        self._pace = pace
        self._observer = observer
        self._streams: dict[str, list[Stream]] = defaultdict(list)
        self._poller = Repeating(self._look, pace.follow)
        self._bell = Bell(store.database, {_CHANGED: self._wake, _REVOKED: self._expire})
        self._closing = False
        self._told: list[Callable[[], None]] = []

    async def start(self) -> None:
        """Begin to hear of changes that other gateways make, and to look for them."""
        await self._bell.start()
        self._poller.start()

    def drain(self) -> None:
        """End every stream, and those that are still to open, with a goodbye."""
        self._closing = True
        self._end("bye", list(self._all()))

    async def stop(self) -> None:
        """End every stream, and look no more."""
        self.drain()
        await self._poller.stop()
        await self._bell.stop()

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

    def also_tell(self, told: Callable[[], None]) -> None:
        """Call `told` whenever anything changes in a conversation."""
        self._told.append(told)

    def changed(self, conversation: str) -> None:
        """Show its listeners what is new in `conversation`."""
        for told in self._told:
            told()
        self._wake(conversation)
        self._bell.tell(_CHANGED, conversation)

    def store_away(self) -> None:
        """End every stream without a word: the next request tells its client why."""
        for stream in self._all():
            stream.give_up()

    def revoked(self, session: str) -> None:
        """End the streams of a session whose tokens open nothing any more."""
        self._expire(session)
        self._bell.tell(_REVOKED, session)

    def _wake(self, conversation: str) -> None:
        for stream in self._streams.get(conversation, ()):
            stream.wake()

    def _expire(self, session: str) -> None:
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

    async def _look(self) -> float:
        if self._streams:
            await self._compare()
        return self._pace.heard if self._bell.is_up else self._pace.follow

    async def _compare(self) -> None:
        # In this order: a session that went with its conversation is not taken for a revoked one.
        revoked = await self._history.revoked({stream.session for stream in self._all()})
        heads = await self._history.heads(self._streams.keys())
        for stream in self._all():
            # One that opened since the look is not in it; it reads the store by itself.
            if heads.get(stream.conversation) != stream.position:
                stream.wake()
        self._end("expired", [one for one in self._all() if _only_revoked(one, revoked, heads)])


def _only_revoked(stream: Stream, revoked: set[str], heads: dict[str, int]) -> bool:
    """Whether the session is over but the conversation is not: erased, it says so by itself."""
    return stream.session in revoked and stream.conversation in heads
