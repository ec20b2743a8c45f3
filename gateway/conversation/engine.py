"""The parts that keep conversations going, wired together."""

from __future__ import annotations

from gateway.conversation.answers import Answers
from gateway.conversation.consumer import Consumer
from gateway.conversation.fallback import Fallback
from gateway.conversation.guesser import Guesser
from gateway.conversation.hub import Hub
from gateway.conversation.inbox import Inbox
from gateway.conversation.repeating import Repeating
from gateway.conversation.timers import Timers
from gateway.handoff.opening import Openings
from gateway.observe import Observer
from gateway.rasa import Rasa
from gateway.settings import Pace
from gateway.store import Store
from gateway.texts import Texts

FOLLOW_SECONDS = 1.0


class Engine:
    """What comes in by `inbox` is answered by Rasa, or in its place, and shown by `hub`."""

    def __init__(
        self,
        store: Store,
        rasa: Rasa,
        texts: Texts,
        openings: Openings,
        pace: Pace,
        observer: Observer,
        guesser: Guesser | None = None,
    ) -> None:
        self._fallback = Fallback(texts, guesser)
        answers = Answers(texts, self._fallback)
        self.hub = Hub(store, texts.note, pace, observer)
        self._consumer = Consumer(store, rasa, answers, openings, self.hub, pace, observer)
        self._timers = Timers(store, answers, self.hub, pace, observer)
        self.inbox = Inbox(store, texts, self._consumer, self.hub, observer)
        # So that another bundle's knowledge is loaded before somebody waits for a word of it.
        self._following = Repeating(self._follow, FOLLOW_SECONDS)

    def wake(self, conversation: str) -> None:
        """Have what waits in `conversation` answered."""
        self._consumer.wake(conversation)

    async def start(self) -> None:
        """Begin with what waits in the store, which has to be open."""
        self._fallback.start()
        await self.hub.start()
        await self._consumer.start()
        await self._timers.start()
        self._following.start()

    def drain(self) -> None:
        """End every stream and begin no new turn."""
        self.hub.drain()
        self._consumer.rest()

    async def stop(self) -> None:
        """End all of it, the turns under way last."""
        self.drain()
        await self._following.stop()
        await self._timers.stop()
        await self._consumer.stop()
        await self.hub.stop()
        await self._fallback.stop()

    async def _follow(self) -> float:
        self._fallback.prepare()
        return FOLLOW_SECONDS
