"""Where in Slack conversations are held, as destinations of deliveries.

`address` of a talk holds its `key`, the `user`, the `channel` ("" where the direct messages are not
known yet), the `thread`, and whether it is `private`: shown to that user alone, in a channel.
"""

from __future__ import annotations

from gateway.handoff.opening import Place
from gateway.store.values import Delivery, Destination

SINK = "slack"


def direct(team: str, user: str, channel: str = "") -> Destination:
    """Return someone's direct messages with the app."""
    key = f"{team}:dm:{user}"
    return Destination(SINK, key, {"key": key, "user": user, "channel": channel})


def aside(team: str, channel: str, user: str, thread: str = "") -> Destination:
    """Return what is shown to `user` alone in a channel, in the thread of a message if given."""
    key = f"{team}:{channel}:{thread}:{user}"
    address = {"key": key, "user": user, "channel": channel, "thread": thread, "private": True}
    return Destination(SINK, key, address)


def case_place(channel: str) -> Place:
    """Return what gives a case its place in the channel of cases."""
    return lambda case: Destination(SINK, f"{channel}:case:{case}", {"channel": channel})


def of_talk(delivery: Delivery) -> Destination:
    """Return the place of an agent's own conversation."""
    return Destination(SINK, delivery.address["key"], delivery.address)


def is_theirs(delivery: Delivery | None, user: str) -> bool:
    """Whether a conversation is `user`'s own."""
    return delivery is not None and delivery.address.get("user") == user


def reference(delivery: Delivery, seq: int) -> str:
    """Return what a button brings back for message `seq` of a delivery."""
    return f"{delivery.id}:{seq}"


def read_reference(value: str) -> tuple[str, int]:
    """Return the delivery's id and the number of the message; raise ValueError."""
    id, _, seq = value.partition(":")
    return id, int(seq)
