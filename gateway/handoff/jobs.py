"""What the desk does by the clock: cases that nobody assumed or answered are raised again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from gateway.conversation.repeating import Repeating
from gateway.handoff.desk import Desk
from gateway.store.tables import now

LOOK_SECONDS = 5.0
_log = logging.getLogger(__name__)


class DeskJobs:
    """Looks for overdue cases for as long as the gateway runs."""

    def __init__(self, desk: Desk, clock: Callable[[], datetime] = now) -> None:
        self._desk = desk
        self._clock = clock
        self._raising = Repeating(self._raise, LOOK_SECONDS)

    def start(self) -> None:
        """Begin to look."""
        self._raising.start()

    async def stop(self) -> None:
        """Look no more."""
        await self._raising.stop()

    async def _raise(self) -> float:
        try:
            await self._desk.raise_due(self._clock())
        except (SQLAlchemyError, OSError):
            raise
        except Exception as error:  # whatever it was, the next round must come
            _log.error("raising cases failed: %s", type(error).__name__)
        return LOOK_SECONDS
