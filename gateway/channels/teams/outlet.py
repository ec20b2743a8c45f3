"""The outlet that delivers to Teams."""

from __future__ import annotations

from gateway.channels.teams.case_posts import CasePosts, Memory
from gateway.channels.teams.connector import Connector
from gateway.channels.teams.incoming import SINK
from gateway.channels.teams.talk_posts import TalkPosts
from gateway.channels.teams.tasks import Tasks
from gateway.delivery.outlet import Item
from gateway.store.values import Delivery


class TeamsOutlet:
    """Delivers agents' talks to their chats, and cases to the team's channel.

    Teams cannot be asked by the Bot Connector what was posted, nor does it know a post that comes
    again: where it is not known whether a post arrived, it is posted again rather than lost.
    """

    sink = SINK

    def __init__(
        self, connector: Connector, talks: TalkPosts, cases: CasePosts, tasks: Tasks
    ) -> None:
        self._connector = connector
        self._talks = talks
        self._cases = cases
        self._tasks = tasks

    def wants(self, delivery: Delivery, item: Item) -> bool:
        """Whether there is anything to post or to change."""
        return self._kind(delivery).wants(delivery, item)

    async def deliver(self, delivery: Delivery, item: Item) -> Memory:
        """Post it, or change what was posted; raise Retry."""
        return await self._kind(delivery).deliver(delivery, item)

    async def start(self) -> None:
        """Open nothing: tokens and keys are fetched once they are needed."""

    async def stop(self) -> None:
        """Let what follows the last activities end, then close the connections."""
        await self._tasks.drain()
        await self._connector.close()

    def _kind(self, delivery: Delivery) -> TalkPosts | CasePosts:
        return self._talks if delivery.case is None else self._cases
