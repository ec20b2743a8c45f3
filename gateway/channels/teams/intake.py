"""What is made of an activity: a message for the assistant, a reply in a case, a command.

All that changes the store is done before the activity is acknowledged; what is said in Teams for
it, afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from assistant.text import fold
from gateway.channels import plain
from gateway.channels.commands import Search as Searched
from gateway.channels.commands import ShowCase, read_command
from gateway.channels.search import Search
from gateway.channels.talks import Talks
from gateway.channels.teams import case as drawn_case
from gateway.channels.teams import message as drawn
from gateway.channels.teams.clicks import Clicks
from gateway.channels.teams.incoming import SINK, Incoming, thread_of
from gateway.channels.teams.mouth import Mouth
from gateway.channels.teams.staff import Staff
from gateway.channels.teams.tasks import Tasks
from gateway.channels.teams.texts import TeamsTexts
from gateway.channels.texts import ChannelTexts
from gateway.handoff.cases import Cases
from gateway.handoff.desk import Desk
from gateway.handoff.states import Refused
from gateway.normalise import MAX_CHARACTERS
from gateway.store.places import Places
from gateway.store.talks import event_id
from gateway.store.values import Delivery, Destination

_HELP = {"ajuda", "help"}
_NOTE = "nota:"
STORED_SECONDS = 1.0


class Intake:
    """Takes activities whose sender is known; raises SQLAlchemyError where the store is down."""

    def __init__(
        self,
        talks: Talks,
        desk: Desk,
        cases: Cases,
        search: Search,
        places: Places,
        staff: Staff,
        clicks: Clicks,
        mouth: Mouth,
        tasks: Tasks,
        texts: ChannelTexts,
        own: TeamsTexts,
    ) -> None:
        self._talks = talks
        self._desk = desk
        self._cases = cases
        self._search = search
        self._places = places
        self._staff = staff
        self._clicks = clicks
        self._mouth = mouth
        self._tasks = tasks
        self._texts = texts
        self._own = own

    async def take(self, incoming: Incoming) -> None:
        """Do what an activity asks for; nothing for what is of no concern."""
        if incoming.type in ("conversationUpdate", "installationUpdate"):
            await self._welcome(incoming)
        elif incoming.type == "message" and incoming.value is not None:
            await self._clicks.take(incoming)
        elif incoming.type == "message" and incoming.id:
            await self._read(incoming)

    async def _read(self, incoming: Incoming) -> None:
        """Decide by where something was written, and how it begins."""
        command = self._command(incoming) if incoming.is_for_us else None
        case = None if command else await self._case_of(incoming)
        if command:
            if await self._talks.is_new(SINK, incoming.event):
                self._later(incoming, command)
        elif case:
            await self._reply(incoming, case)
        elif incoming.is_for_us:
            await self._ask(incoming)

    async def _case_of(self, incoming: Incoming) -> Delivery | None:
        """Return the case in whose thread something was written.

        Its card may have been there a moment before its id is stored.
        """
        thread = incoming.conversation.id
        if not self._staff.is_at_the_desk(incoming) or not thread_of(thread)[1]:
            return None
        found = await self._places.case_in(thread)
        if found is None and not incoming.is_for_us:
            await asyncio.sleep(STORED_SECONDS)
            found = await self._places.case_in(thread)
        return found

    def _command(self, incoming: Incoming) -> Coroutine[Any, Any, None] | None:
        words = incoming.words
        if not words or fold(words) in _HELP:
            return self._mouth.tell(incoming, self._own.help)
        found = read_command(words)
        if isinstance(found, Searched):
            return self._find(incoming, found.words)
        return self._show_case(incoming, found.number) if isinstance(found, ShowCase) else None

    async def _ask(self, incoming: Incoming) -> None:
        place = await self._talk_of(incoming)
        text = plain.cut(incoming.words, MAX_CHARACTERS)
        accepted = await self._talks.say(place, incoming.event, text=text)
        if accepted.repeated:
            return
        if plain.size(incoming.words) > MAX_CHARACTERS:
            most = f"{MAX_CHARACTERS:,}".replace(",", ".")
            self._later(incoming, self._mouth.tell(incoming, self._own.too_long.format(most=most)))
        if not incoming.is_personal:
            self._later(incoming, self._point_to_chat(incoming))
        conversation, _ = await self._talks.of(place)
        typing = self._mouth.type_until_answered(incoming, self._talks, conversation)
        self._tasks.add_idle(typing)

    async def _talk_of(self, incoming: Incoming) -> Destination:
        """Return the talk that a text belongs to.

        What was asked in a channel is answered in the chat, beside the chat's own talk: a text
        there answers the question that was asked there last, whichever of them it is of.
        """
        found = await self._places.spoke_last(incoming.sender.id) if incoming.is_personal else None
        if found and "thread" in found[0].address:
            delivery, seq = found
            message = await self._talks.message(delivery.conversation, seq)
            if message and message.choices:
                return Destination(SINK, delivery.address["key"], delivery.address)
        return incoming.place

    async def _reply(self, incoming: Incoming, case: Delivery) -> None:
        """Send to the person what was written in their case's thread."""
        words = incoming.words
        if case.case is None or words.casefold().startswith(_NOTE):
            return
        event = event_id(SINK, incoming.event)
        try:
            await self._desk.reply(case.case, incoming.agent, words, case.id, event)
        except Refused as refused:
            if await self._talks.is_new(SINK, incoming.event):
                self._later(incoming, self._mouth.tell(incoming, str(refused)))

    async def _welcome(self, incoming: Incoming) -> None:
        """Say hello where the app was added; Teams tells of that in two ways."""
        added = {account.id for account in incoming.added or ()}
        is_ours = incoming.recipient.id in added or incoming.action == "add"
        if is_ours and await self._talks.is_new(SINK, f"welcome {incoming.conversation.id}"):
            self._later(incoming, self._mouth.say_there(incoming, self._own.welcome))

    async def _find(self, incoming: Incoming, words: str) -> None:
        found = await self._search.message(words)
        await self._mouth.show(incoming, drawn.draw(found, self._texts))

    async def _show_case(self, incoming: Incoming, number: int) -> None:
        if not await self._staff.has(incoming):
            await self._mouth.tell(incoming, self._own.staff_only)
            return
        view = await self._cases.view(number)
        if view is None:
            await self._mouth.tell(incoming, self._own.no_case.format(number=number))
            return
        await self._mouth.show(incoming, drawn_case.draw(view, self._texts))

    async def _point_to_chat(self, incoming: Incoming) -> None:
        await self._mouth.find_chat(incoming)

    def _later(self, incoming: Incoming, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(incoming.conversation.id, work)
