"""An agent's own talk, delivered to their chat: answers, and questions that were answered."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from gateway.channels.talks import Talks
from gateway.channels.teams import message as drawn
from gateway.channels.teams.chats import Chats
from gateway.channels.teams.connector import Connector, Missing
from gateway.channels.texts import ChannelTexts
from gateway.delivery.outlet import Item
from gateway.store.values import Delivery

Memory = dict[str, Any]


class TalkPosts:
    """What is remembered: "open", the posts with buttons, by the number of their message."""

    def __init__(
        self, connector: Connector, chats: Chats, talks: Talks, texts: ChannelTexts
    ) -> None:
        self._connector = connector
        self._chats = chats
        self._talks = talks
        self._texts = texts

    def wants(self, delivery: Delivery, item: Item) -> bool:
        """Answers are posted; what the agent says closes the questions before it."""
        if item.message is None:
            return False
        return item.message.sender != "user" or bool(delivery.memory.get("open"))

    async def deliver(self, delivery: Delivery, item: Item) -> Memory:
        """Post a message, or take the buttons off those that it answers; raise Retry."""
        assert item.message is not None
        chat = await self._chats.of(delivery.address)
        if item.message.sender == "user":
            return await self._close(delivery, chat, item.message.choice)
        share = "thread" in delivery.address
        reference = reference_of(delivery, item.message.seq)
        card = drawn.for_agent(item.message, self._texts, reference, share)
        id = await self._connector.post(delivery.address["service"], chat, card)
        if not item.message.choices:
            return delivery.memory
        open = {**delivery.memory.get("open", {}), str(item.message.seq): id}
        return {**delivery.memory, "open": open}

    async def _close(self, delivery: Delivery, chat: str, choice: str | None) -> Memory:
        for seq, id in delivery.memory["open"].items():
            question = await self._talks.message(delivery.conversation, int(seq))
            if question is None:
                continue
            reference, share = reference_of(delivery, int(seq)), "thread" in delivery.address
            card = drawn.chosen_for_agent(question, self._texts, choice, reference, share)
            with suppress(Missing):  # somebody deleted it
                await self._connector.update(delivery.address["service"], chat, id, card)
        return {**delivery.memory, "open": {}}


def reference_of(delivery: Delivery, seq: int) -> str:
    """Return what a card sends back to say which message it showed."""
    return f"{delivery.id}:{seq}"


def read_reference(reference: str | None) -> tuple[str, int] | None:
    """Return the delivery's id and the message's number, or None where it is no reference."""
    id, _, seq = (reference or "").partition(":")
    return (id, int(seq)) if id and seq.isdecimal() and len(seq) < 16 else None
