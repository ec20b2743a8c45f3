"""Carries what is new to each place: in order, one at a time per place, again until it arrives."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from ulid import ULID

from gateway.conversation.repeating import Repeating
from gateway.delivery.news import News
from gateway.delivery.outlet import Item, Outlet, Retry
from gateway.delivery.settings import CourierPace
from gateway.store import Store
from gateway.store.deliveries import Deliveries, Overdue
from gateway.store.handoffs import Handoffs
from gateway.store.tables import now
from gateway.store.values import Delivery

# Of one sink at a time: a platform that hangs must not hold up another.
MOST_AT_ONCE = 8
MOST_FOUND = 200
# Of what is waited, so that a platform that is back is not asked by all places at once.
JITTER = 0.2
# Beyond this many doublings the longest wait is reached, whatever it is.
_MOST_DOUBLINGS = 20
_log = logging.getLogger(__name__)


class Courier:
    """Delivers by the `outlets`, by the names of their sinks."""

    def __init__(
        self, store: Store, outlets: Sequence[Outlet], pace: CourierPace = CourierPace()
    ) -> None:
        self._deliveries = Deliveries(store.database, str(ULID()), pace.lease)
        self._news = News(store.history, Handoffs(store.database))
        self._alone = store.is_ours_alone
        self._pace = pace
        self._outlets: Mapping[str, Outlet] = {outlet.sink: outlet for outlet in outlets}
        self._slots = {sink: asyncio.Semaphore(MOST_AT_ONCE) for sink in self._outlets}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._soon = asyncio.Event()
        self._stopping = False
        self._poller = Repeating(self._look, pace.poll)

    async def start(self) -> None:
        """Open the outlets, and take up what was left undelivered; nothing without an outlet."""
        if not self._outlets:
            return
        if self._alone:
            await self._deliveries.free_all(everyone=True)
        for outlet in self._outlets.values():
            await outlet.start()
        self._poller.start()

    async def stop(self) -> None:
        """Let what is being sent arrive, for a while, and close the outlets."""
        if not self._outlets:
            return
        self._stopping = True
        self._soon.set()
        await self._poller.stop()
        await self._end_tries()
        for outlet in self._outlets.values():
            await outlet.stop()

    def wake(self) -> None:
        """Look at once for what is new."""
        self._soon.set()

    async def overdue(self) -> dict[str, Overdue]:
        """Return how much waits for each sink."""
        return await self._deliveries.overdue(list(self._outlets))

    async def _end_tries(self) -> None:
        if self._running:
            _, late = await asyncio.wait(self._running.values(), timeout=self._pace.grace)
            for task in late:  # whether it arrived is looked at after the next start
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        with suppress(SQLAlchemyError, OSError):
            await self._deliveries.free_all()

    async def _look(self) -> float:
        self._soon.clear()
        for sink in self._outlets:
            for id in await self._deliveries.ready([sink], MOST_FOUND):
                if id not in self._running and not self._stopping:
                    self._begin(sink, id)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._soon.wait(), self._pace.poll * _jitter())
        return self._pace.pause

    def _begin(self, sink: str, id: str) -> None:
        task = asyncio.create_task(self._carry(sink, id))
        self._running[id] = task
        task.add_done_callback(lambda _: self._running.pop(id, None))

    async def _carry(self, sink: str, id: str) -> None:
        async with self._slots[sink]:
            try:
                delivery = None if self._stopping else await self._deliveries.claim(id)
                while delivery:
                    delivery = await self._round(delivery)
            except (SQLAlchemyError, OSError) as error:
                # The lease runs out by itself; what was being sent is looked at then.
                _log.error("the store failed: %s", type(error).__name__)

    async def _round(self, delivery: Delivery) -> Delivery | None:
        """Deliver what is new; return the delivery as it is then, None where it is let go."""
        items = [] if self._stopping else await self._news.of(delivery)
        if not items:
            await self._deliveries.let_go(delivery)
            return None
        for item in items:
            if self._stopping:
                break
            moved = await self._one(delivery, item)
            if moved is None:
                return None
            delivery = moved
        return await self._move(delivery)

    async def _one(self, delivery: Delivery, item: Item) -> Delivery | None:
        """Deliver an item, or pass over it; None where the delivery is let go."""
        try:
            if not self._outlets[delivery.sink].wants(delivery, item):
                return _past(delivery, item)
        except Exception as error:  # whatever an outlet does, the item stays
            await self._fail(delivery, type(error).__name__, None, uncertain=True)
            return None
        item = replace(item, uncertain=delivery.attempting == item.name)
        if not await self._deliveries.begin(delivery, item.name):
            return None
        return await self._try(delivery, item)

    async def _try(self, delivery: Delivery, item: Item) -> Delivery | None:
        try:
            async with asyncio.timeout(self._pace.attempt):
                memory = await self._outlets[delivery.sink].deliver(delivery, item)
        except Retry as retry:
            # What an earlier try may have done stays possible.
            unsure = retry.uncertain or item.uncertain
            await self._fail(delivery, str(retry), retry.seconds, unsure)
        except TimeoutError:
            await self._fail(delivery, "timeout", None, uncertain=True)
        except Exception as error:  # whatever an outlet does, the item stays
            await self._fail(delivery, type(error).__name__, None, uncertain=True)
        else:
            return await self._move(_after(delivery, item, memory))
        return None

    async def _move(self, delivery: Delivery) -> Delivery | None:
        """Store how far a delivery got; None where another courier has it by now."""
        cursors = (delivery.seen_seq, delivery.seen_event)
        kept = await self._deliveries.done(delivery, *cursors, delivery.memory)
        return delivery if kept else None

    async def _fail(
        self, delivery: Delivery, fault: str, seconds: float | None, uncertain: bool
    ) -> None:
        doubled = self._pace.first_wait * 2.0 ** min(delivery.attempts, _MOST_DOUBLINGS)
        wait = min(doubled, self._pace.longest_wait) * _jitter() if seconds is None else seconds
        text = "%s: delivery %s failed, try %d: %s"
        _log.warning(text, delivery.sink, delivery.id, delivery.attempts + 1, fault)
        retry_at = now() + timedelta(seconds=wait)
        await self._deliveries.fail(delivery, fault, retry_at, uncertain=uncertain)


def _past(delivery: Delivery, item: Item) -> Delivery:
    """Return the delivery with its cursors past `item`; what failed before stays known."""
    seq = item.message.seq if item.message else delivery.seen_seq
    event = item.event.n if item.event else delivery.seen_event
    return replace(delivery, seen_seq=seq, seen_event=event)


def _after(delivery: Delivery, item: Item, memory: dict[str, Any]) -> Delivery:
    return replace(_past(delivery, item), memory=memory, attempts=0, attempting=None)


def _jitter() -> float:
    return 1 + random.uniform(-JITTER, JITTER)  # noqa: S311 (no secret)
