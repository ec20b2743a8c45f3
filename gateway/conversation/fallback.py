"""What a person can do while no answer comes, without Rasa."""

from __future__ import annotations

import asyncio
import logging
from functools import lru_cache
from typing import TYPE_CHECKING

from gateway.store import Reply
from gateway.store.values import Guide
from gateway.texts import Texts

if TYPE_CHECKING:
    from gateway.conversation.guides import Guides

# Loading takes about four seconds, on a busy machine more; who waits for a word gets it before.
PATIENCE_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Fallback:
    """Makes the messages that stand in for an answer."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._loading: asyncio.Task[Guides] | None = None
        self._patient_until = 0.0

    async def prepare(self) -> None:
        """Load the knowledge, which takes seconds, without holding up anything else."""
        await self.replies(self._texts.fallback, "", None)

    async def replies(self, opening: str, words: str, guide: Guide | None) -> list[Reply]:
        """Return `opening` and what helps someone who wrote `words`, at least one message."""
        try:
            guides = await self._guides()
            return guides.replies(opening, words, guide)
        except TimeoutError:
            _log.warning("the knowledge is still being loaded")
        except Exception as error:  # whatever the knowledge is like, somebody waits for a word
            _log.error("the knowledge gave no fallback: %s", type(error).__name__)
        return [Reply("system", opening, mark="fallback")]

    async def _guides(self) -> Guides:
        """Return what was loaded once for all; raise TimeoutError where that takes too long."""
        clock = asyncio.get_running_loop().time
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(_load, self._texts))
            self._patient_until = clock() + PATIENCE_SECONDS
        await asyncio.wait([self._loading], timeout=max(0.0, self._patient_until - clock()))
        if not self._loading.done():
            raise TimeoutError
        return self._loading.result()


@lru_cache(maxsize=1)
def _load(texts: Texts) -> Guides:
    from assistant.settings import Settings
    from gateway.conversation.guides import Guides

    return Guides(Settings.from_env(), texts)
