"""A case in the team's channel: a thread with its card, what was said, and what is said."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from gateway.channels.case import CaseView
from gateway.channels.teams import case as drawn
from gateway.channels.teams import message as drawn_message
from gateway.channels.teams.cards import Activity
from gateway.channels.teams.connector import Connector, Missing
from gateway.channels.teams.texts import TeamsTexts, spoken
from gateway.channels.texts import ChannelTexts
from gateway.delivery.outlet import Item
from gateway.handoff.cases import Cases
from gateway.schemas import MAX_SEQ, OutgoingMessage
from gateway.store.places import Places
from gateway.store.values import Delivery, HandoffEvent

Memory = dict[str, Any]


class CasePosts:
    """What is remembered: "thread" and "card" (ids), "closed" (the seq after which it was).

    "done" counts the posts of an item that was delivered in part.
    """

    def __init__(
        self,
        connector: Connector,
        cases: Cases,
        places: Places,
        texts: ChannelTexts,
        own: TeamsTexts,
    ) -> None:
        self._connector = connector
        self._places = places
        self._cases = cases
        self._texts = texts
        self._own = own

    def wants(self, delivery: Delivery, item: Item) -> bool:
        """All events; what is said while the case is open, unless it was said in the thread."""
        if item.message is None:
            return True
        said = item.message
        if "thread" not in delivery.memory or "closed" in delivery.memory:
            return False
        return said.sender != "system" and (said.sender != "person" or said.via != delivery.id)

    async def deliver(self, delivery: Delivery, item: Item) -> Memory:
        """Post or redraw; raise Retry, after which it goes on with what is not done yet."""
        if item.message:
            await self._post(delivery, drawn.said([item.message], self._texts))
            return delivery.memory
        assert item.event is not None and delivery.case is not None
        view = await self._cases.view(delivery.case)
        if view is None:  # erased at the person's wish
            return delivery.memory
        memory = dict(delivery.memory)
        card = drawn.draw(view, self._texts)
        if "thread" in memory:
            await self._redraw(delivery, card)
        else:
            service, channel = delivery.address["service"], delivery.address["channel"]
            memory["thread"], memory["card"] = await self._connector.open_thread(
                service, channel, card
            )
            # At once: somebody may answer in the thread before the transcript is there.
            await self._places.keep(delivery.id, memory)
        return await self._say(delivery, item.event, view, memory)

    async def _redraw(self, delivery: Delivery, card: Activity) -> None:
        service, memory = delivery.address["service"], delivery.memory
        with suppress(Missing):  # somebody deleted it; the thread goes on
            await self._connector.update(service, memory["thread"], memory["card"], card)

    async def _say(
        self, delivery: Delivery, event: HandoffEvent, view: CaseView, memory: Memory
    ) -> Memory:
        """Post what the event brings to the thread, going on where an earlier try ended."""
        posts = await self._posts(delivery, event, view, memory)
        for post in posts[memory.get("done", 0) :]:
            await self._connector.post(delivery.address["service"], memory["thread"], post)
            memory = {**memory, "done": memory.get("done", 0) + 1}
            await self._places.keep(delivery.id, memory)
        left = {name: value for name, value in memory.items() if name not in ("done", "closed")}
        is_closed = event.state == "closed"
        return {**left, "closed": memory.get("closed", event.after_seq)} if is_closed else left

    async def _posts(
        self, delivery: Delivery, event: HandoffEvent, view: CaseView, memory: Memory
    ) -> Sequence[Activity]:
        if event.kind == "raised":
            text = self._own.raised.format(number=view.number, note=self._texts.case_raised)
            return [self._note(text)]
        if event.kind not in ("opened", "reopened"):
            # What no agent did, nobody would notice on the card alone.
            return [self._note(event.reason)] if event.reason and event.who is None else []
        said: Sequence[OutgoingMessage] = await self._cases.said_until(
            delivery.conversation, event.after_seq
        )
        if event.kind == "opened":
            return drawn.transcript(said, self._texts)
        # What was said before it was closed is in the thread.
        since = [message for message in said if message.seq > memory.get("closed", MAX_SEQ)]
        note = self._note(self._own.reopened.format(number=view.number))
        return [note, *drawn.transcript(since, self._texts)]

    def _note(self, text: str) -> Activity:
        return drawn_message.shared(spoken(text), self._texts)

    async def _post(self, delivery: Delivery, post: Activity) -> None:
        await self._connector.post(delivery.address["service"], delivery.memory["thread"], post)
