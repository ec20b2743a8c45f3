"""The app's home of each agent, published when they open it and when their cases change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gateway.channels.case import CaseLine
from gateway.channels.slack.home import home
from gateway.channels.slack.people import People
from gateway.channels.slack.places import SINK
from gateway.channels.slack.web import Web
from gateway.channels.texts import ChannelTexts
from gateway.handoff.cases import Cases
from gateway.store.deliveries import Deliveries


class Homes:
    """Draws homes."""

    def __init__(
        self, web: Web, people: People, cases: Cases, deliveries: Deliveries, texts: ChannelTexts
    ) -> None:
        self._web = web
        self._people = people
        self._cases = cases
        self._deliveries = deliveries
        self._texts = texts

    async def publish(self, agent: str) -> None:
        """Draw the home of the agent "slack:<team>:<user>"; nothing for others'."""
        platform, _, rest = agent.partition(":")
        if platform != SINK:
            return
        known = await self._cases.knowledge()
        lines = [await self._linked(line) for line in await self._cases.lines(agent)]
        view = home(self._texts, known.modules(), lines)
        user = rest.rpartition(":")[2]
        await self._web.ask(self._web.client.views_publish(user_id=user, view=view))

    async def publish_all(self, agents: Iterable[str]) -> None:
        """Draw the homes of several agents."""
        for agent in sorted(set(agents)):
            await self.publish(agent)

    async def url_of(self, case: int) -> str:
        """Return the address of a case's thread, empty where there is none."""
        delivery = await self._deliveries.of_case(case, SINK)
        memory = delivery.memory if delivery else {}
        if not memory.get("card") or not self._people.me.url:
            return ""
        ts = memory["card"].replace(".", "")
        return f"{self._people.me.url}archives/{memory['channel']}/p{ts}"

    async def _linked(self, line: CaseLine) -> CaseLine:
        return replace(line, url=await self.url_of(line.number))
