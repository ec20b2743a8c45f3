"""What the desk does by the clock: cases that nobody assumed or answered are raised again."""

from __future__ import annotations

from gateway.conversation.repeating import Repeating
from gateway.handoff.desk import Desk
from gateway.store.tables import now

LOOK_SECONDS = 5.0


class DeskJobs:
    """Looks for overdue cases for as long as the gateway runs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._raising = Repeating(self._raise, LOOK_SECONDS)

    def start(self) -> None:
        """Begin to look."""
        self._raising.start()

    async def stop(self) -> None:
        """Look no more."""
        await self._raising.stop()

    async def _raise(self) -> float:
        await self._desk.raise_due(now())
        return LOOK_SECONDS
