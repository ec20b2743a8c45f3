"""What a person can do while no answer comes, without Rasa."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from assistant.settings import Settings
from gateway.conversation.guesser import Guess, Guesser
from gateway.conversation.guides import Guides
from gateway.store import Reply
from gateway.store.values import Guide
from gateway.texts import Texts
from gateway.workers import knowledge_folder

# Loading takes a fraction of a second, on a busy machine more; who waits for a word gets it before.
PATIENCE_SECONDS = 2.0
_log = logging.getLogger(__name__)


class Fallback:
    """Makes the messages that stand in for an answer."""

    def __init__(self, texts: Texts, guesser: Guesser | None = None) -> None:
        self._texts = texts
        self._guesser = guesser
        self._loading: asyncio.Task[Guides] | None = None
        self._loaded_from: Path | None = None
        self._before: Guides | None = None
        self._patient_until = 0.0

    def start(self) -> None:
        """Begin to load, before anybody waits for a word."""
        self.prepare()
        if self._guesser:
            self._guesser.start()

    async def stop(self) -> None:
        """End what `start` began."""
        if self._guesser:
            await self._guesser.stop()
        if self._loading:
            await asyncio.gather(self._loading, return_exceptions=True)

    def prepare(self) -> None:
        """Begin to load the knowledge that is served now, unless that was begun before."""
        folder = knowledge_folder()
        if self._loading is None or self._loaded_from != folder:
            self._before = self._done() or self._before
            self._loaded_from = folder
            self._loading = asyncio.create_task(asyncio.to_thread(_load, self._texts))
            self._patient_until = _clock() + PATIENCE_SECONDS

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
        """Return what is loaded once for each bundle; raise TimeoutError if that takes too long.

        While another bundle's is being loaded, it is what was loaded before.
        """
        self.prepare()
        assert self._loading is not None
        if self._before and self._done() is None:
            return self._before
        await asyncio.wait([self._loading], timeout=max(0.0, self._patient_until - _clock()))
        if not self._loading.done():
            raise TimeoutError
        return self._loading.result()

    def _done(self) -> Guides | None:
        """Return what was loaded last, None while it is not there or where it failed."""
        task = self._loading
        if task is None or not task.done() or task.cancelled() or task.exception():
            return None
        return task.result()


def _clock() -> float:
    return asyncio.get_running_loop().time()


def _load(texts: Texts) -> Guides:
    return _loaded(texts, knowledge_folder())


@lru_cache(maxsize=2)
def _loaded(texts: Texts, folder: Path) -> Guides:
    return Guides(replace(Settings.from_env(), knowledge_dir=folder), texts)
