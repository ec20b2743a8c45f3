"""What the app says at once, beside what the courier delivers: hints, refusals, shared answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from gateway.channels.talks import Talks
from gateway.channels.teams import message as drawn
from gateway.channels.teams.cards import Activity
from gateway.channels.teams.chats import Chats
from gateway.channels.teams.connector import Connector, Forbidden, Missing
from gateway.channels.teams.incoming import Incoming
from gateway.channels.teams.texts import TeamsTexts, spoken
from gateway.channels.texts import ChannelTexts
from gateway.delivery.outlet import Retry

# How long to wait before each further try, in seconds, where the platform does not say.
WAITS = (1.0, 3.0, 9.0, 27.0)
TYPING_SECONDS = 3.0
MOST_TYPINGS = 10
_TYPING: Activity = {"type": "typing"}
T = TypeVar("T")


class Mouth:
    """Says things in answer to an activity; tries for less than a minute."""

    def __init__(
        self,
        connector: Connector,
        chats: Chats,
        texts: ChannelTexts,
        own: TeamsTexts,
        waits: tuple[float, ...] = WAITS,
    ) -> None:
        self._connector = connector
        self._chats = chats
        self._texts = texts
        self._own = own
        self._waits = waits

    async def tell(self, incoming: Incoming, text: str) -> None:
        """Say a sentence to whoever sent `incoming`, alone."""
        await self.show(incoming, drawn.draw(spoken(text), self._texts))

    async def show(self, incoming: Incoming, activity: Activity) -> None:
        """Show something to whoever sent `incoming`, alone; say where it is, or that it is not."""
        if await self.find_chat(incoming):
            chat = await self._chats.of(incoming.place.address)
            await self._insist(lambda: self._connector.post(incoming.service_url, chat, activity))

    async def find_chat(self, incoming: Incoming) -> bool:
        """Have a chat with whoever wrote in a channel, and say there that they find it in it."""
        if incoming.is_personal:
            return True
        try:
            await self._insist(lambda: self._chats.of(incoming.place.address))
        except (Forbidden, Missing):
            await self.say_there(incoming, self._own.no_chat)
            return False
        await self.say_there(incoming, self._own.in_chat)
        return True

    async def say_there(self, incoming: Incoming, text: str) -> None:
        """Say a sentence where `incoming` was written, for all who are there."""
        activity = drawn.draw(spoken(text), self._texts)
        await self.post(incoming.service_url, incoming.conversation.id, activity)

    async def post(self, service: str, conversation: str, activity: Activity) -> None:
        """Post something; raise Retry where it could not be in time."""
        await self._insist(lambda: self._connector.post(service, conversation, activity))

    async def replace(self, incoming: Incoming, activity: Activity) -> None:
        """Put `activity` in the place of the card whose button was pressed."""
        if incoming.reply_to_id:
            there = incoming.service_url, incoming.conversation.id, incoming.reply_to_id
            await self._insist(lambda: self._connector.update(*there, activity))

    async def type_until_answered(
        self, incoming: Incoming, talks: Talks, conversation: str
    ) -> None:
        """Show that an answer is being made, for as long as it is and half a minute at most."""
        with suppress(Retry):  # the answer itself is delivered by the courier
            chat = await self._chats.of(incoming.place.address)
            for _ in range(MOST_TYPINGS):
                if not await talks.is_waiting(conversation):
                    return
                await self._connector.post(incoming.service_url, chat, _TYPING)
                await asyncio.sleep(TYPING_SECONDS)

    async def _insist(self, call: Callable[[], Awaitable[T]]) -> T:
        for wait in self._waits:
            try:
                return await call()
            except (Forbidden, Missing):
                raise
            except Retry as retry:
                await asyncio.sleep(wait if retry.seconds is None else retry.seconds)
        return await call()
