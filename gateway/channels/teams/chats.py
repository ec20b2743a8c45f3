"""The chats of people with the bot: where it answers them alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.channels.teams.connector import Connector

MOST_KEPT = 10_000


class Chats:
    """Finds a person's chat; Teams makes it where there is none yet."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._known: dict[tuple[str, str], str] = {}

    async def of(self, address: Mapping[str, Any]) -> str:
        """Return the chat's id for the address of a talk; raise Retry as the connector does."""
        if chat := address.get("chat"):
            return str(chat)
        person = (address["tenant"], address["person"])
        if person not in self._known:
            found = await self._connector.open_chat(address["service"], *person)
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[person] = found
        return self._known[person]
