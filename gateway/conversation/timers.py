"""Nobody waits without a word: a fallback for every message whose answer is late."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from ulid import ULID

from gateway import logs
from gateway.conversation.answers import Answers
from gateway.conversation.hub import Hub
from gateway.conversation.repeating import Repeating
from gateway.observe import Observer
from gateway.settings import Pace
from gateway.store import Reply, Store, Turn
from gateway.store.tables import now, waited
from gateway.store.work import Work

MOST_FOUND = 200
# In one transaction: nobody else writes meanwhile.
MOST_STORED = 25
# A fallback is made this long before it is due.
AHEAD_SECONDS = 1.5
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
        self._prepared: dict[str, Sequence[Reply] | None] = {}
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
        await self._prepare([turn for turn, behind in found if not behind])
        due = [(turn, behind) for turn, behind in found if self._due_in(turn) <= 0]
        for start in range(0, len(due), MOST_STORED):
            await self._fall_back(due[start : start + MOST_STORED])
        if len(found) == MOST_FOUND:
            return 0
        return self._rest([turn for turn, _ in found[len(due) :]])

    async def _prepare(self, turns: Sequence[Turn]) -> None:
        """Make what is soon to be stored: that may take a second on a busy machine."""
        soon = [turn for turn in turns if self._due_in(turn) <= AHEAD_SECONDS]
        kept = {turn.id: self._prepared.get(turn.id) for turn in soon}
        new = [turn for turn in soon if kept[turn.id] is None]
        made = await asyncio.gather(*(self._answers.late(turn, False) for turn in new))
        self._prepared = kept | dict(zip((turn.id for turn in new), made, strict=True))

    async def _fall_back(self, due: Sequence[tuple[Turn, bool]]) -> None:
        fallen = []
        told: set[str] = set()
        for turn, behind in due:
            made = self._prepared.get(turn.id)
            if made is None or behind or turn.conversation in told:
                made = await self._answers.late(turn, True)
            fallen.append((turn, made))
            told.add(turn.conversation)
        for turn in await self._work.fall_back(fallen):
            self._tell(turn)

    def _tell(self, turn: Turn) -> None:
        with logs.bound(turn.request_id, turn.conversation):
            _log.warning("turn %s fell back after %.1f s", turn.turn_id, _age(turn))
        self._observer.fell_back()
        self._hub.changed(turn.conversation)

    def _rest(self, waiting: Sequence[Turn]) -> float:
        if not waiting:
            return self._pace.poll
        due_in = self._due_in(waiting[0])
        return min(due_in if due_in <= AHEAD_SECONDS else due_in - AHEAD_SECONDS, self._pace.poll)

    def _due_in(self, turn: Turn) -> float:
        return self._pace.fallback - waited(turn.created_at)


def _age(turn: Turn) -> float:
    return (now() - turn.created_at).total_seconds()
