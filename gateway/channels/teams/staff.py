"""Who of the tenant may see cases and act on them: those in the channel that cases go to."""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.channels.teams.connector import Connector
from gateway.channels.teams.incoming import Incoming, thread_of
from gateway.channels.teams.settings import TeamsSettings

KEPT_SECONDS = 600.0
MOST_KEPT = 10_000


class Staff:
    """Asks Teams for members of the cases' channel, and remembers the answer for ten minutes."""

    def __init__(
        self,
        settings: TeamsSettings,
        connector: Connector,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._channel = settings.cases_channel
        self._connector = connector
        self._clock = clock
        self._known: dict[str, tuple[bool, float]] = {}

    def is_at_the_desk(self, incoming: Incoming) -> bool:
        """Whether it comes from the channel itself, where only its members are."""
        channel, _ = thread_of(incoming.conversation.id)
        return bool(self._channel) and channel == self._channel

    async def has(self, incoming: Incoming) -> bool:
        """Whether whoever sent `incoming` is one of them; raise Retry where nobody says."""
        if not self._channel or self.is_at_the_desk(incoming):
            return bool(self._channel)
        person = incoming.sender.id
        known, until = self._known.get(person, (False, 0.0))
        if until <= self._clock():
            known = await self._connector.is_member(incoming.service_url, self._channel, person)
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[person] = (known, self._clock() + KEPT_SECONDS)
        return known
