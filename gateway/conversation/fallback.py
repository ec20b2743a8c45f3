"""What a person can do while no answer comes, without Rasa."""

from __future__ import annotations

import asyncio
import logging
from functools import lru_cache

from assistant.settings import Settings
from gateway.conversation.guesser import Guess, Guesser
from gateway.conversation.guides import Guides
from gateway.store import Reply
from gateway.store.values import Guide
from gateway.texts import Texts

# Loading takes a fraction of a second, on a busy machine more; who waits for a word gets it before.
PATIENCE_SECONDS = 2.0
_log = logging.getLogger(__name__)


class Fallback:
    """Makes the messages that stand in for an answer."""

    def __init__(self, texts: Texts, guesser: Guesser | None = None) -> None:
        self._texts = texts
        self._guesser = guesser
        self._loading: asyncio.Task[Guides] | None = None
        self._patient_until = 0.0

    def start(self) -> None:
        """Begin to load, before anybody waits for a word."""
        self._load()
        if self._guesser:
            self._guesser.start()

    async def stop(self) -> None:
        """End what `start` began."""
        if self._guesser:
            await self._guesser.stop()
        if self._loading:
            await asyncio.gather(self._loading, return_exceptions=True)

    async def replies(self, opening: str, words: str, guide: Guide | None) -> list[Reply]:
        """Return `opening` and what helps someone who wrote `words`, at least one message."""
        try:
            guides = await self._guides()
            guess = Guess() if guides.has(guide) else await self._guess(words)
            return guides.replies(opening, guide, guess)
        except TimeoutError:
            _log.warning("the knowledge is still being loaded")
        except Exception as error:  # whatever the knowledge is like, somebody waits for a word
            _log.error("the knowledge gave no fallback: %s", type(error).__name__)
        return [Reply("system", opening, mark="fallback")]

    async def _guess(self, words: str) -> Guess:
        return await self._guesser.guess(words) if self._guesser else Guess()

    async def _guides(self) -> Guides:
        """Return what was loaded once for all; raise TimeoutError where that takes too long."""
        loading = self._load()
        left = self._patient_until - asyncio.get_running_loop().time()
        await asyncio.wait([loading], timeout=max(0.0, left))
        if not loading.done():
            raise TimeoutError
        return loading.result()

    def _load(self) -> asyncio.Task[Guides]:
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(_load, self._texts))
            self._patient_until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        return self._loading


@lru_cache(maxsize=1)
def _load(texts: Texts) -> Guides:
    return Guides(Settings.from_env(), texts)
