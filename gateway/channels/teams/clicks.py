"""What the buttons and lists of our cards do."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from gateway.channels import actions as ids
from gateway.channels.talks import Talks
from gateway.channels.teams import case as drawn_case
from gateway.channels.teams import message as drawn
from gateway.channels.teams import pick
from gateway.channels.teams.desk_clicks import DeskClicks
from gateway.channels.teams.incoming import SINK, Incoming
from gateway.channels.teams.mouth import Mouth
from gateway.channels.teams.staff import Staff
from gateway.channels.teams.submitted import Submitted, read_submitted
from gateway.channels.teams.talk_posts import read_reference
from gateway.channels.teams.tasks import Tasks
from gateway.channels.teams.texts import TeamsTexts, spoken
from gateway.channels.texts import ChannelTexts
from gateway.conversation.inbox import UnknownChoice
from gateway.delivery.outlet import Retry
from gateway.handoff.cases import Cases, situations
from gateway.handoff.states import Refused
from gateway.privacy.stores import StoreDown
from gateway.store.places import Places
from gateway.store.values import Delivery, Destination

Shown = tuple[Delivery, int]
Click = Callable[[Incoming, Submitted, Shown], Coroutine[Any, Any, None]]


class Clicks:
    """Takes what cards send; whose card it is, and who may act on a case, is looked up."""

    def __init__(
        self,
        talks: Talks,
        desk: DeskClicks,
        cases: Cases,
        places: Places,
        staff: Staff,
        mouth: Mouth,
        tasks: Tasks,
        texts: ChannelTexts,
        own: TeamsTexts,
    ) -> None:
        self._talks = talks
        self._desk = desk
        self._cases = cases
        self._places = places
        self._staff = staff
        self._mouth = mouth
        self._tasks = tasks
        self._texts = texts
        self._own = own
        self._agent: dict[str, Click] = {
            ids.AGENT_SHARE: self._share,
            ids.AGENT_WRONG: self._ask_situation,
            ids.PICK_SITUATION: self._relabel,
        }

    async def take(self, incoming: Incoming) -> None:
        """Do what was clicked; nothing for what none of our cards sends."""
        sent = read_submitted(incoming.value)
        if sent is None:
            return
        if sent.case is not None and sent.action:
            await self._on_case(incoming, sent, sent.case)
            return
        shown = await self._shown(incoming, sent)
        if shown is None:
            self._later(incoming, self._mouth.tell(incoming, self._own.not_yours))
        elif sent.action in self._agent:
            if await self._talks.is_new(SINK, incoming.event):
                self._later(incoming, self._agent[sent.action](incoming, sent, shown))
        elif not sent.action:
            await self._choose(incoming, sent, shown)

    async def _choose(self, incoming: Incoming, sent: Submitted, shown: Shown) -> None:
        delivery, seq = shown
        if sent.taken is None:
            self._later(incoming, self._mouth.tell(incoming, self._own.pick_first))
            return
        place = Destination(SINK, delivery.address["key"], delivery.address)
        # By the question, not by the activity: two quick clicks answer it once.
        event = f"choice {delivery.id} {seq}"
        try:
            accepted = await self._talks.say(place, event, choice=sent.taken)
        except UnknownChoice:
            self._later(incoming, self._mouth.tell(incoming, self._own.gone_choice))
            return
        if not accepted.repeated:
            typing = self._mouth.type_until_answered(incoming, self._talks, delivery.conversation)
            self._tasks.add_idle(typing)

    async def _on_case(self, incoming: Incoming, sent: Submitted, case: int) -> None:
        try:
            allowed = await self._staff.has(incoming)
        except Retry:
            self._later(incoming, self._mouth.tell(incoming, self._own.try_later))
            return
        if not allowed:
            self._later(incoming, self._mouth.tell(incoming, self._own.staff_only))
            return
        if not await self._talks.is_new(SINK, incoming.event):
            return
        try:
            hint = await self._desk.do(case, incoming.agent, sent)
        except Refused as refused:
            hint = str(refused)
        except StoreDown:
            hint = self._own.try_later
        if hint:
            self._later(incoming, self._mouth.tell(incoming, hint))
        elif not self._staff.is_at_the_desk(incoming):
            # The card in the channel is redrawn by the courier; this one is the agent's own.
            self._later(incoming, self._redraw(incoming, case))

    async def _redraw(self, incoming: Incoming, case: int) -> None:
        if view := await self._cases.view(case):
            await self._mouth.replace(incoming, drawn_case.draw(view, self._texts))

    async def _share(self, incoming: Incoming, _sent: Submitted, shown: Shown) -> None:
        delivery, seq = shown
        message = await self._talks.message(delivery.conversation, seq)
        thread = delivery.address.get("thread")
        if message is None or thread is None:
            return
        by = self._own.shared_by.format(name=incoming.agent.name)
        told = message.model_copy(update={"text": f"{by}\n\n{message.text}"})
        card = drawn.shared(told, self._texts)
        await self._mouth.post(incoming.service_url, thread, card)
        await self._mouth.tell(incoming, self._own.shared)

    async def _ask_situation(self, incoming: Incoming, sent: Submitted, _shown: Shown) -> None:
        known = situations(await self._cases.knowledge())
        await self._mouth.show(incoming, pick.draw(known, self._texts, sent.reference or ""))

    async def _relabel(self, incoming: Incoming, sent: Submitted, shown: Shown) -> None:
        delivery, seq = shown
        known = (await self._cases.knowledge()).situations.get(sent.situation or "")
        if known is None:
            await self._mouth.tell(incoming, self._own.pick_first)
            return
        agent = incoming.agent
        noted = await self._talks.relabel(delivery.conversation, seq, known.id, agent)
        text = self._own.labelled.format(title=known.title) if noted else self._own.nothing_asked
        await self._mouth.replace(incoming, drawn.draw(spoken(text), self._texts))

    async def _shown(self, incoming: Incoming, sent: Submitted) -> Shown | None:
        """Return the talk and the message of a card, None where it is not the sender's own."""
        reference = read_reference(sent.reference)
        delivery = await self._places.get(reference[0]) if reference else None
        if not reference or not delivery or delivery.case is not None:
            return None
        is_theirs = delivery.address.get("person") == incoming.sender.id
        return (delivery, reference[1]) if is_theirs else None

    def _later(self, incoming: Incoming, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(incoming.conversation.id, work)
