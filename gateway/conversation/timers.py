"""Nobody waits without a word: a fallback for every message whose answer is late."""

from __future__ import annotations

import logging

from ulid import ULID

from gateway import logs
from gateway.conversation.answers import Answers
from gateway.conversation.hub import Hub
from gateway.conversation.repeating import Repeating
from gateway.observe import Observer
from gateway.settings import Pace
from gateway.store import Store, Turn
from gateway.store.tables import now
from gateway.store.work import Work

MOST_FOUND = 200
_log = logging.getLogger(__name__)


class Timers:
    """Looks for late answers in the store, so that a restart forgets none of them."""

    def __init__(
        self, store: Store, answers: Answers, hub: Hub, pace: Pace, observer: Observer
    ) -> None:
        self._work = Work(store.database, str(ULID()), pace.lease)
        self._answers = answers
        self._hub = hub
        self._pace = pace
        self._observer = observer
        self._watch = Repeating(self._look, pace.poll)

    async def start(self) -> None:
        """Begin to look."""
        self._watch.start()

    async def stop(self) -> None:
        """Look no more."""
        await self._watch.stop()

    async def _look(self) -> float:
        """Store the fallbacks that are due; return the seconds until it is worth another look."""
        found = await self._work.unanswered(MOST_FOUND)
        told: set[str] = set()
        for turn, waits_behind in found:
            seconds = self._pace.fallback - (now() - turn.created_at).total_seconds()
            if seconds > 0:
                return min(seconds, self._pace.poll)
            await self._fall_back(turn, waits_behind or turn.conversation in told)
            told.add(turn.conversation)
        return 0 if len(found) == MOST_FOUND else self._pace.poll

    async def _fall_back(self, turn: Turn, guide_shown: bool) -> None:
        replies = await self._answers.late(turn, guide_shown)
        if await self._work.fall_back(turn, replies):
            with logs.bound(turn.request_id, turn.conversation):
                _log.warning("turn %s fell back", turn.turn_id)
            self._observer.fell_back()
            self._hub.changed(turn.conversation)
