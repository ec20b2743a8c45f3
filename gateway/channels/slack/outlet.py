"""Slack as a place that hears of conversations and cases, and that speaks to us."""

from __future__ import annotations

from typing import Any

from gateway.channels.slack.case_posts import CasePosts
from gateway.channels.slack.homes import Homes
from gateway.channels.slack.later import Later
from gateway.channels.slack.people import People
from gateway.channels.slack.places import SINK
from gateway.channels.slack.socket import Socket
from gateway.channels.slack.talk_posts import TalkPosts
from gateway.channels.slack.web import Refusal, Web
from gateway.delivery.outlet import Item, Retry
from gateway.store.handoffs import Handoffs
from gateway.store.values import Delivery, HandoffEvent


class SlackOutlet:
    """Delivers to Slack, and keeps the connection by which Slack's events come."""

    sink = SINK

    def __init__(
        self,
        web: Web,
        people: People,
        talks: TalkPosts,
        cases: CasePosts,
        homes: Homes,
        handoffs: Handoffs,
        later: Later,
        socket: Socket | None,
    ) -> None:
        self._web = web
        self._people = people
        self._talks = talks
        self._cases = cases
        self._homes = homes
        self._handoffs = handoffs
        self._later = later
        self._socket = socket

    def wants(self, delivery: Delivery, item: Item) -> bool:
        """Whether there is anything to show for `item`."""
        return self._posts(delivery).wants(delivery, item)

    async def deliver(self, delivery: Delivery, item: Item) -> dict[str, Any]:
        """Show it, and return the delivery's new memory; raise Retry."""
        try:
            memory = await self._posts(delivery).deliver(delivery, item)
        except Refusal as refusal:
            # Something to be put right in Slack, such as a channel that the app is not in; of
            # several posts the first may be there.
            raise Retry(str(refusal), uncertain=delivery.case is not None) from None
        if item.event:
            await self._tell_homes(item.event)
        return memory

    async def start(self) -> None:
        """Connect in the background; nothing here waits for Slack."""
        await self._web.start()
        self._people.start()
        if self._socket:
            self._socket.start()

    async def stop(self) -> None:
        """Take no more events, end what was begun, and disconnect."""
        if self._socket:
            await self._socket.stop()
        await self._later.drain()
        await self._people.stop()
        await self._web.stop()

    def _posts(self, delivery: Delivery) -> TalkPosts | CasePosts:
        return self._talks if delivery.case is None else self._cases

    async def _tell_homes(self, event: HandoffEvent) -> None:
        handoff = await self._handoffs.find(event.case)
        concerned = (event.who, handoff.holder if handoff else None)
        agents = [agent.id for agent in concerned if agent]
        if agents and event.kind != "replied":
            self._later.do(lambda: self._homes.publish_all(agents))
