"""What a place has not got yet, in the order in which it happened."""

from __future__ import annotations

from gateway.delivery.outlet import Item
from gateway.schemas import MAX_SEQ
from gateway.store.handoffs import Handoffs
from gateway.store.history import MOST_AT_ONCE, History
from gateway.store.values import Delivery, HandoffEvent

MOST_EVENTS = 50


class News:
    """Reads messages and events beyond a delivery's cursors."""

    def __init__(self, history: History, handoffs: Handoffs) -> None:
        self._history = history
        self._handoffs = handoffs

    async def of(self, delivery: Delivery) -> list[Item]:
        """Return what is new: an event stands after the message of its number.

        Only as far as both are known: a message that is not read yet may belong before an event
        that is, and the other way round. The rest comes with the next call.
        """
        page = await self._history.page(delivery.conversation, delivery.seen_seq)
        if page is None:
            return []
        events = await self._events(delivery)
        full = len(page.messages) == MOST_AT_ONCE
        # Read after the page: what was written in between waits for the next call.
        reach = page.messages[-1].seq if full else max(page.last, delivery.seen_seq)
        until = events[-1].after_seq if len(events) == MOST_EVENTS else MAX_SEQ
        places = [
            ((m.seq, 0), Item(f"message {m.seq}", message=m))
            for m in page.messages
            if m.seq <= until
        ]
        places += [
            ((e.after_seq, e.n), Item(f"event {e.n}", event=e))
            for e in events
            if e.after_seq <= reach
        ]
        return [item for _, item in sorted(places, key=lambda place: place[0])]

    async def _events(self, delivery: Delivery) -> list[HandoffEvent]:
        if delivery.case is None:
            return []
        return await self._handoffs.events(delivery.case, delivery.seen_event, MOST_EVENTS)
