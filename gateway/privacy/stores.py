"""The stores beside the gateway's own that hold something of a conversation."""

from __future__ import annotations

from typing import Any, Protocol

# What one of them may take; a turn under way keeps the tracker's lock for longer than that.
STORE_SECONDS = 5.0


class StoreDown(Exception):
    """The store did not do what it was asked; the message is the failure's class, never a text."""


class OtherStore(Protocol):
    """A store that can show and erase what it has of a conversation."""

    async def read(self, conversation: str) -> list[dict[str, Any]]:
        """Return all that it has, as JSON; raise StoreDown."""

    async def erase(self, conversation: str) -> None:
        """Erase all that it has, which may be nothing; raise StoreDown."""

    async def close(self) -> None:
        """Close every connection."""
