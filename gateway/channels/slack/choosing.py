"""What agents press below the assistant's answers, and the windows that open then."""

from __future__ import annotations

import json
from typing import Any

from gateway.channels import actions as ids
from gateway.channels import plain
from gateway.channels.slack import modals
from gateway.channels.slack.message import chosen, shared
from gateway.channels.slack.parts import Parts
from gateway.channels.slack.places import SINK, is_theirs, of_talk, read_reference
from gateway.channels.slack.talk_posts import is_private
from gateway.channels.slack.web import Refusal
from gateway.channels.slack.whisper import Ear, ear_of, sentence
from gateway.conversation.inbox import UnknownChoice
from gateway.handoff.cases import situations
from gateway.schemas import OutgoingMessage
from gateway.store.values import Delivery

Json = dict[str, Any]


class Choosing:
    """Takes choices, and does what only agents can do with an answer."""

    def __init__(self, parts: Parts) -> None:
        self._app = parts

    async def choose(self, body: Json) -> None:
        """Take a choice of a message; a second press of the same changes nothing."""
        action, user = body["actions"][0], body["user"]["id"]
        choice = action.get("value") or (action.get("selected_option") or {}).get("value") or ""
        found = await self._app.threads.of_choice(choice)
        delivery = await self._app.deliveries.get(found) if found else None
        if delivery is None or not is_theirs(delivery, user):
            return self._app.tell(ear_of(body), self._app.own.expired)
        place = of_talk(delivery)
        async with self._app.turns.of(place.key):
            try:
                await self._app.talks.say(place, f"choice {choice}", choice=choice)
            except UnknownChoice:
                return self._app.tell(ear_of(body), self._app.own.expired)
        ear = ear_of(body)
        if is_private(delivery) and ear.url:
            # Only now, by this address: Slack lets nobody change what one person alone sees. So
            # where the answer was typed the buttons stay, and pressing one still works.
            seq = int(action["block_id"].split(":")[1])
            self._app.later.do(lambda: self._mark(ear, delivery, seq, choice))
        return None

    async def press(self, body: Json) -> None:
        """Do what a button for agents says: copy, share, or another situation."""
        action = body["actions"][0]
        ear = ear_of(body)
        if not await self._app.talks.is_new(SINK, body["trigger_id"]):
            return None
        delivery, message = await self._referred(action["value"], ear.user)
        if delivery is None or message is None:
            return self._app.tell(ear, self._app.own.expired)
        if action["action_id"] == ids.AGENT_SHARE:
            self._app.later.do(lambda: self._share(delivery, message, ear))
        elif action["action_id"] == ids.AGENT_COPY:
            text = plain.for_customer(message, self._app.texts)
            self._app.later.do(
                lambda: self._app.open(body, modals.customer_text(self._app.texts, text))
            )
        else:
            about = {"talk": action["value"], "channel": ear.channel, "thread": ear.thread}
            self._app.later.do(lambda: self._ask_situation(body, about))
        return None

    async def relabel(self, body: Json) -> None:
        """Note which situation it was, as the agent chose in the window."""
        about = json.loads(body["view"]["private_metadata"])
        ear = Ear(body["user"]["id"], about["channel"], about["thread"])
        delivery, message = await self._referred(about["talk"], ear.user)
        if delivery is None or message is None:
            return self._app.tell(ear, self._app.own.expired)
        agent = await self._app.agent(body)
        situation = picked(body, ids.PICK_SITUATION)
        noted = await self._app.talks.relabel(delivery.conversation, message.seq, situation, agent)
        return self._app.tell(ear, self._app.own.labelled if noted else self._app.own.not_labelled)

    async def _referred(
        self, value: str, user: str
    ) -> tuple[Delivery | None, OutgoingMessage | None]:
        id, seq = read_reference(value)
        delivery = await self._app.deliveries.get(id)
        if delivery is None or not is_theirs(delivery, user):
            return None, None
        return delivery, await self._app.talks.message(delivery.conversation, seq)

    async def _mark(self, ear: Ear, delivery: Delivery, seq: int, choice: str) -> None:
        asked = await self._app.talks.message(delivery.conversation, seq)
        if asked:
            await self._app.whisper.replace(ear, chosen(asked, self._app.texts, choice))

    async def _share(self, delivery: Delivery, message: OutgoingMessage, ear: Ear) -> None:
        place = delivery.address
        try:
            payload = shared(message, self._app.texts)
            await self._app.web.post(place["channel"], payload, thread=place.get("thread", ""))
        except Refusal:
            await self._app.whisper.say(ear, sentence(self._app.own.not_shared))

    async def _ask_situation(self, body: Json, about: Json) -> None:
        known = await self._app.cases.knowledge()
        asked = modals.pick_situation(self._app.texts, situations(known), json.dumps(about))
        await self._app.open(body, asked)


def picked(body: Json, name: str) -> str:
    """Return what was picked in a window."""
    return str(body["view"]["state"]["values"][name][name]["selected_option"]["value"])
