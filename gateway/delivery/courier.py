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
from gateway.delivery.outlet import Item, Outlet, Retry
from gateway.schemas import MAX_SEQ
from gateway.store import Store
from gateway.store.deliveries import Deliveries
from gateway.store.handoffs import Handoffs
from gateway.store.history import MOST_AT_ONCE as MOST_READ
from gateway.store.tables import now
from gateway.store.values import Delivery

MOST_AT_ONCE = 16
MOST_FOUND = 200
POLL_SECONDS = 1.0
# A lease outlives any try: outlets give up sooner.
LEASE_SECONDS = 60.0
TRY_SECONDS = 30.0
LONGEST_WAIT = 300.0
JITTER = 0.2
_log = logging.getLogger(__name__)


class Courier:
    """Delivers by the `outlets`, by the names of their sinks."""

    def __init__(self, store: Store, outlets: Sequence[Outlet]) -> None:
        self._deliveries = Deliveries(store.database, str(ULID()), LEASE_SECONDS)
        self._handoffs = Handoffs(store.database)
        self._history = store.history
        self._alone = store.is_ours_alone
        self._outlets: Mapping[str, Outlet] = {outlet.sink: outlet for outlet in outlets}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._soon = asyncio.Event()
        self._poller = Repeating(self._look, POLL_SECONDS)

    async def start(self) -> None:
        """Open the outlets, and take up what was left undelivered; nothing without an outlet."""
        if not self._outlets:
            return
        if self._alone:
            await self._deliveries.free_all()
        for outlet in self._outlets.values():
            await outlet.start()
        self._poller.start()

    async def stop(self) -> None:
        """Let deliveries under way end, and close the outlets."""
        if not self._outlets:
            return
        await self._poller.stop()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=TRY_SECONDS)
        for outlet in self._outlets.values():
            await outlet.stop()

    def wake(self) -> None:
        """Look at once for what is new."""
        self._soon.set()

    async def _look(self) -> float:
        self._soon.clear()
        for id in await self._deliveries.ready(list(self._outlets), MOST_FOUND):
            if id not in self._running:
                self._begin(id)
        wait = POLL_SECONDS * (1 + random.uniform(-JITTER, JITTER))  # noqa: S311 (no secret)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._soon.wait(), wait)
        return 0.0

    def _begin(self, id: str) -> None:
        task = asyncio.create_task(self._carry(id))
        self._running[id] = task
        task.add_done_callback(lambda _: self._running.pop(id, None))

    async def _carry(self, id: str) -> None:
        async with self._slots:
            try:
                delivery: Delivery | None = await self._deliveries.claim(id)
                while delivery:
                    delivery = await self._one(delivery)
            except (SQLAlchemyError, OSError) as error:
                _log.error("the store failed: %s", type(error).__name__)

    async def _one(self, delivery: Delivery) -> Delivery | None:
        """Deliver the next item; return the delivery as it is then, None where that was all."""
        items = await self._items(delivery)
        outlet = self._outlets[delivery.sink]
        passed, item = _next(outlet, delivery, items)
        if item is None:
            if items:
                await self._deliveries.done(
                    passed, passed.seen_seq, passed.seen_event, passed.memory
                )
            await self._deliveries.let_go(passed)
            return None
        item = replace(item, uncertain=delivery.attempting == item.name)
        if not await self._deliveries.begin(passed, item.name):
            return None
        return await self._try(outlet, passed, item)

    async def _try(self, outlet: Outlet, delivery: Delivery, item: Item) -> Delivery | None:
        try:
            async with asyncio.timeout(TRY_SECONDS):
                memory = await outlet.deliver(delivery, item)
        except Retry as retry:
            if retry.memory is not None:
                delivery = replace(delivery, memory=retry.memory)
            await self._fail(delivery, str(retry), retry.seconds, retry.uncertain)
        except TimeoutError:
            await self._fail(delivery, "timeout", None, uncertain=True)
        except Exception as error:  # whatever an outlet does, the item stays
            await self._fail(delivery, type(error).__name__, None, uncertain=True)
        else:
            moved = _after(delivery, item, memory)
            kept = await self._deliveries.done(moved, moved.seen_seq, moved.seen_event, memory)
            return moved if kept else None
        return None

    async def _fail(
        self, delivery: Delivery, fault: str, seconds: float | None, uncertain: bool
    ) -> None:
        wait = seconds if seconds is not None else min(2.0**delivery.attempts, LONGEST_WAIT)
        _log.warning("%s: delivery %s failed: %s", delivery.sink, delivery.id, fault)
        retry_at = now() + timedelta(seconds=wait)
        await self._deliveries.fail(delivery, fault, retry_at, uncertain=uncertain)

    async def _items(self, delivery: Delivery) -> list[Item]:
        """Return what is new, in its order: an event stands after the message of its number."""
        page = await self._history.page(delivery.conversation, delivery.seen_seq)
        messages = page.messages if page else []
        # An event beyond a page that is full waits for the messages before it.
        reach = messages[-1].seq if len(messages) == MOST_READ else MAX_SEQ
        places = [((m.seq, 0), Item(f"message {m.seq}", message=m)) for m in messages]
        if delivery.case is not None:
            for event in await self._handoffs.events(delivery.case, delivery.seen_event):
                if event.after_seq <= reach:
                    places.append(
                        ((event.after_seq, event.n), Item(f"event {event.n}", event=event))
                    )
        return [item for _, item in sorted(places, key=lambda place: place[0])]


def _next(
    outlet: Outlet, delivery: Delivery, items: Sequence[Item]
) -> tuple[Delivery, Item | None]:
    """Return the first item that the outlet wants, and the delivery past those before it."""
    for item in items:
        if outlet.wants(delivery, item):
            return delivery, item
        delivery = _after(delivery, item, delivery.memory)
    return delivery, None


def _after(delivery: Delivery, item: Item, memory: dict[str, Any]) -> Delivery:
    seq = item.message.seq if item.message else delivery.seen_seq
    event = item.event.n if item.event else delivery.seen_event
    return replace(
        delivery, seen_seq=seq, seen_event=event, memory=memory, attempts=0, attempting=None
    )
