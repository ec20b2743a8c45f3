"""What an outlet is: the one thing that each of Slack, Teams, e-mail and webhook implements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from gateway.schemas import OutgoingMessage
from gateway.store.values import Delivery, HandoffEvent


@dataclass(frozen=True)
class Item:
    """What is delivered next: a message of the conversation, or an event of its case.

    `name` is the same at every try; where `uncertain`, an earlier try may have delivered it.
    """

    name: str
    message: OutgoingMessage | None = None
    event: HandoffEvent | None = None
    uncertain: bool = False


class Retry(Exception):
    """Not delivered, try again: after `seconds` if the platform said so.

    `uncertain` where it may have been delivered after all (a time-out, a cut connection).
    """

    def __init__(self, fault: str, seconds: float | None = None, uncertain: bool = False) -> None:
        super().__init__(fault)
        self.seconds = seconds
        self.uncertain = uncertain


class Outlet(Protocol):
    """Delivers to one sink. `deliver` is called for one item at a time, in order, per place."""

    sink: str

    def wants(self, delivery: Delivery, item: Item) -> bool:
        """Whether there is anything to deliver for `item`; otherwise it is passed over."""

    async def deliver(self, delivery: Delivery, item: Item) -> dict[str, Any]:
        """Deliver and return the delivery's new memory; raise Retry.

        Any other exception is a failure too, and is tried again.
        """

    async def start(self) -> None:
        """Open what it needs (connections, Slack's socket); never raises where nobody answers."""

    async def stop(self) -> None:
        """Close it."""
