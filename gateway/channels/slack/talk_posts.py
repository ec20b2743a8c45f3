"""An agent's own conversation, carried to Slack.

In direct messages: posts, whose buttons give way to the answer once there is one. In a channel:
messages that the agent alone sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.channels.slack.message import chosen, draw, for_agent
from gateway.channels.slack.places import reference
from gateway.channels.slack.web import Refusal, Web
from gateway.channels.talks import Talks
from gateway.channels.texts import ChannelTexts
from gateway.delivery.outlet import Item, Retry
from gateway.schemas import OutgoingMessage
from gateway.store.values import Delivery

MOST_OPEN = 5
# A look for what was posted begins this long before it was said: clocks differ.
LOOK_BACK = 300.0
# Slack's no to a message for one person in a channel: the app is not there, or they are not.
_CLOSED = {
    "channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived",
    "method_not_supported_for_channel_type", "restricted_action", "no_permission",
}  # fmt: skip

Memory = dict[str, Any]


class TalkPosts:
    """`memory`: the `channel` of the direct messages, the questions `open` there, and whether a
    talk was `moved` there from a channel that is closed to the app.
    """

    def __init__(self, web: Web, talks: Talks, texts: ChannelTexts) -> None:
        self._web = web
        self._talks = talks
        self._texts = texts

    def wants(self, delivery: Delivery, item: Item) -> bool:
        """Whether there is something to show: an answer, or that a question has its answer."""
        if item.message is None:
            return False
        return item.message.sender != "user" or bool(delivery.memory.get("open"))

    async def deliver(self, delivery: Delivery, item: Item) -> Memory:
        """Show a message; raise Retry or Refusal."""
        message = item.message
        assert message  # as `wants` saw to
        if message.sender == "user":
            return await self._answered(delivery, message)
        if is_private(delivery):
            try:
                return await self._aside(delivery, message)
            except Refusal as refusal:
                if str(refusal) not in _CLOSED:
                    raise
        return await self._direct(delivery, item, message)

    async def _aside(self, delivery: Delivery, message: OutgoingMessage) -> Memory:
        # Slack keeps no message for one person: after a time-out nobody can look whether it came,
        # and being told twice is better than never.
        place, payload = delivery.address, for_agent(message, self._texts, _ref(delivery, message))
        await self._web.whisper(place["channel"], place["user"], payload, place["thread"])
        return delivery.memory

    async def _direct(self, delivery: Delivery, item: Item, message: OutgoingMessage) -> Memory:
        channel = await self._channel(delivery)
        mark = {"delivery": delivery.id, "name": item.name}
        since = message.at.timestamp() - LOOK_BACK
        ts = await self._web.find(channel, mark, since) if item.uncertain else None
        if ts is None:
            ts = (await self._web.post(channel, draw(message, self._texts), mark))["ts"]
        opened = [{"seq": message.seq, "ts": ts}] if message.choices else []
        still = [*delivery.memory.get("open", []), *opened][-MOST_OPEN:]
        moved = {"moved": True} if delivery.address.get("private") else {}
        return {**delivery.memory, "channel": channel, "open": still, **moved}

    async def _answered(self, delivery: Delivery, message: OutgoingMessage) -> Memory:
        """Take the buttons away from the questions before an answer, typed or clicked."""
        for question in delivery.memory["open"]:
            await self._close(delivery, question, message.choice)
        return {**delivery.memory, "open": []}

    async def _close(
        self, delivery: Delivery, question: Mapping[str, Any], choice: str | None
    ) -> None:
        asked = await self._talks.message(delivery.conversation, question["seq"])
        if asked:
            drawn = chosen(asked, self._texts, choice)
            await self._web.update(delivery.memory["channel"], question["ts"], drawn)

    async def _channel(self, delivery: Delivery) -> str:
        known = delivery.memory.get("channel")
        if not delivery.address.get("private"):
            known = known or delivery.address["channel"]
        if known:
            return str(known)
        user = delivery.address["user"]
        answer = await self._web.ask(self._web.client.conversations_open(users=user))
        try:
            return str(answer["channel"]["id"])
        except (KeyError, TypeError):
            raise Retry("conversations.open without a channel") from None


def is_private(delivery: Delivery) -> bool:
    """Whether a talk is held in a channel, shown to one person alone."""
    return bool(delivery.address.get("private")) and not delivery.memory.get("moved")


def _ref(delivery: Delivery, message: OutgoingMessage) -> str:
    return reference(delivery, message.seq)
