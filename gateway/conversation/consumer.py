"""Answers what is in the inbox: each conversation in order, many conversations at once."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from ulid import ULID

from gateway import logs
from gateway.conversation.answers import Answers
from gateway.conversation.hub import Hub
from gateway.conversation.repeating import Repeating
from gateway.handoff.opening import Openings
from gateway.observe import Observer
from gateway.rasa import Failed, Rasa, Silent, Unavailable, Unstored
from gateway.schemas import RasaAnswer
from gateway.settings import Pace
from gateway.store import Store, Turn
from gateway.store.handoffs import Handoffs
from gateway.store.tables import now
from gateway.store.work import LeaseLost, Work

MOST_AT_ONCE = 32
MOST_FOUND = 200
# Of the time between two looks into the store: several gateways shall not look at once.
JITTER = 0.2
_STORE_DOWN = (LeaseLost, SQLAlchemyError, OSError)
_BAD_VALUES = (DataError, IntegrityError)
_log = logging.getLogger(__name__)


class Consumer:
    """Takes turns for conversations that wait, as far as their lease is to be had."""

    def __init__(
        self,
        store: Store,
        rasa: Rasa,
        answers: Answers,
        openings: Openings,
        hub: Hub,
        pace: Pace,
        observer: Observer,
    ) -> None:
        self._work = Work(store.database, str(ULID()), pace.lease)
        self._alone = store.is_ours_alone
        self._rasa = rasa
        self._answers = answers
        self._openings = openings
        self._handoffs = Handoffs(store.database)
        self._hub = hub
        self._pace = pace
        self._observer = observer
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._running: dict[str, asyncio.Task[None]] = {}
        # Who waits for the turn under way to end; a turn that is claimed already is not lost.
        self._again: dict[str, Turn | None] = {}
        self._poller = Repeating(self._look, pace.poll)
        self._stopping = False

    async def start(self) -> None:
        """Take up what was left unanswered, and whatever comes from now on."""
        if self._alone:
            # Whoever held these leases is dead.
            await self._work.let_go(everyone=True)
        self._poller.start()

    def rest(self) -> None:
        """Begin no further turn; what waits stays in the store."""
        self._stopping = True

    async def stop(self) -> None:
        """Let the turns under way end, for a while, and free their conversations."""
        self.rest()
        await self._poller.stop()
        if self._running:
            _, late = await asyncio.wait(self._running.values(), timeout=self._pace.grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        with suppress(SQLAlchemyError, OSError):
            await self._work.let_go()

    async def claim(self, db: AsyncConnection, conversation: str) -> Turn | None:
        """Claim `conversation` within somebody's transaction, if its turn can begin at once.

        The turn goes to `wake` once that is committed.
        """
        if self._stopping or conversation in self._running or self._slots.locked():
            return None
        return await self._work.claim_within(db, conversation)

    def wake(self, conversation: str, claimed: Turn | None = None) -> None:
        """Answer what waits in `conversation`, now or after the turn under way."""
        if self._stopping:
            return
        if conversation in self._running:
            self._again[conversation] = claimed or self._again.get(conversation)
            return
        task = asyncio.create_task(self._take(conversation, claimed))
        self._running[conversation] = task
        task.add_done_callback(lambda _: self._ended(conversation))

    def _ended(self, conversation: str) -> None:
        del self._running[conversation]
        if conversation in self._again:
            self.wake(conversation, self._again.pop(conversation))

    async def _look(self) -> float:
        """Find what nobody answers: after a crash, after a failure, or from another gateway."""
        for conversation in await self._work.ready(MOST_FOUND):
            if conversation not in self._running:
                self.wake(conversation)
        return self._pace.poll * (1 + random.uniform(-JITTER, JITTER))  # noqa: S311 (no secret)

    async def _take(self, conversation: str, claimed: Turn | None) -> None:
        async with self._slots:
            try:
                turn = claimed
                if not (turn or self._stopping):
                    turn = await self._work.claim(conversation)
                while turn and not self._stopping:
                    with logs.bound(turn.request_id, conversation):
                        turn = await self._turn(turn)
            except LeaseLost:
                _log.warning("lost the lease of %s", conversation)
            except (SQLAlchemyError, OSError) as error:
                # The messages stay pending; the poller finds them once the lease has run out.
                _log.error("the store failed: %s", type(error).__name__)

    async def _turn(self, turn: Turn) -> Turn | None:
        """Answer one message, or note that it failed; return the next, if the lease is kept."""
        try:
            following = await self._answer(turn)
        except Unavailable as away:
            following = await self._wait(turn, str(away))
        except Failed as failure:
            following = await self._fail(turn, failure)
        except _STORE_DOWN as error:
            if not isinstance(error, _BAD_VALUES):
                raise
            following = await self._fail(turn, Failed(type(error).__name__))
        except Exception as error:  # a fault of ours counts, or it would be tried for ever
            following = await self._fail(turn, Failed(type(error).__name__))
        self._hub.changed(turn.conversation)
        return following

    async def _answer(self, turn: Turn) -> Turn | None:
        if turn.holder == "person" and turn.sender == "user":
            await self._handoffs.person_is_asked(turn.conversation, self._openings.due("person"))
            return await self._work.answer(turn, (), turn.guide)
        if not turn.to_rasa:
            return await self._work.answer(turn, self._answers.nothing_readable(), turn.guide)
        async with self._keeping(turn):
            answer = await self._ask(turn)
        guide = answer.guide.model_dump() if answer.guide else None
        replies = self._answers.of(answer)
        opening = self._openings.of(replies)
        following = await self._work.answer(turn, replies, guide, opening, answer.heard)
        self._observer.answered(_age(turn))
        _log.info("turn %s answered after %.3f s", turn.turn_id, _age(turn))
        return following

    async def _ask(self, turn: Turn) -> RasaAnswer:
        started = time.monotonic()
        try:
            return await self._rasa.ask(turn)
        except Failed:
            # Rasa says nothing, or fails, where it cannot reach the action server.
            if not await self._rasa.actions_up():
                raise Unavailable("actions") from None
            raise
        finally:
            self._observer.asked(time.monotonic() - started)

    async def _wait(self, turn: Turn, reason: str) -> Turn | None:
        """Keep the message until what is away is back, at least for a while."""
        self._observer.failed(reason)
        if _age(turn) > self._pace.keep:
            return await self._give_up(turn, turn.attempts, reason)
        shortest, longest = self._pace.away
        seconds = min(max(shortest, _age(turn)), longest)
        _log.warning("turn %s waits %.0f s: no %s", turn.turn_id, seconds, reason)
        await self._work.postpone(turn, seconds, turn.attempts, reason)
        return None

    async def _fail(self, turn: Turn, failure: Failed) -> Turn | None:
        """Count a try that gave nothing; after the last, give the message up."""
        self._observer.failed(str(failure))
        if isinstance(failure, Silent):
            self._observer.silent()
        elif isinstance(failure, Unstored):
            self._observer.unstored()
        attempts = turn.attempts + 1
        _log.warning("turn %s failed, try %d: %s", turn.turn_id, attempts, failure)
        if attempts > len(self._pace.retries):
            return await self._give_up(turn, attempts, str(failure))
        seconds = self._pace.retries[attempts - 1]
        await self._work.postpone(turn, seconds, attempts, str(failure))
        return None

    async def _give_up(self, turn: Turn, attempts: int, fault: str) -> Turn | None:
        shown = await self._work.guide_shown(turn)
        replies = await self._answers.given_up(turn, shown)
        following = await self._work.set_aside(turn, attempts, fault, replies)
        self._observer.set_aside()
        _log.error("turn %s set aside: %s", turn.turn_id, fault)
        return following

    @asynccontextmanager
    async def _keeping(self, turn: Turn) -> AsyncIterator[None]:
        """Renew the lease of the conversation while the block runs."""

        async def renew() -> float:
            await self._work.renew(turn.conversation)
            return self._pace.renew

        renewing = Repeating(renew, self._pace.renew)
        renewing.start(after=self._pace.renew)
        try:
            yield
        finally:
            await renewing.stop()


def _age(turn: Turn) -> float:
    return (now() - turn.created_at).total_seconds()
