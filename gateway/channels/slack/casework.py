"""What agents do with cases: buttons of the card, its windows, messages in its thread."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from gateway.channels import actions as ids
from gateway.channels.case import CaseView
from gateway.channels.slack import modals
from gateway.channels.slack.choosing import picked
from gateway.channels.slack.incoming import is_note, is_written
from gateway.channels.slack.parts import Parts
from gateway.channels.slack.places import SINK
from gateway.channels.slack.whisper import Ear, ear_of
from gateway.handoff.states import Refused
from gateway.privacy.stores import StoreDown
from gateway.store.talks import event_id
from gateway.store.values import Agent, Delivery

Json = dict[str, Any]
Act = Callable[[Agent], Awaitable[object]]


class Casework:
    """Does it; what is refused is said to that agent alone."""

    def __init__(self, parts: Parts) -> None:
        self._app = parts

    async def press(self, body: Json) -> None:
        """Do what a button or select of a card says; a repeated event changes nothing."""
        if not await self._app.talks.is_new(SINK, body["trigger_id"]):
            return
        action = body["actions"][0]
        case = int(action["block_id"].partition(":")[2])
        windows = {
            ids.CASE_COPY: self._show_text,
            ids.CASE_WRONG: self._ask_situation,
            ids.CASE_CLOSE: self._ask_reason,
        }
        if open_window := windows.get(action["action_id"]):
            self._app.later.do(lambda: open_window(case, body))
        else:
            self._app.later.do(lambda: self._change(case, body, action))

    async def close(self, body: Json) -> str | None:
        """End the case as the window says; return why not, to be shown in it."""
        about = json.loads(body["view"]["private_metadata"])
        reason = body["view"]["state"]["values"][ids.CLOSE][ids.CLOSE].get("value")
        agent = await self._app.agent(body)
        async with self._app.turns.of(f"case {about['case']}"):
            try:
                await self._app.desk.close(about["case"], agent, reason)
            except Refused as refused:
                return str(refused)
        ear = Ear(body["user"]["id"], about["channel"], about["thread"], about.get("url", ""))
        self._redraw(about["case"], ear, agent)
        return None

    async def relabel(self, body: Json) -> None:
        """Note which situation the person's words were about."""
        about = json.loads(body["view"]["private_metadata"])
        ear = Ear(body["user"]["id"], about["channel"], about["thread"])
        facts, agent = await self._app.cases.facts(about["case"]), await self._app.agent(body)
        if not facts.get("user_words"):
            return self._app.tell(ear, self._app.own.not_labelled)
        situation = picked(body, ids.PICK_SITUATION)
        words, taken_for = facts["user_words"], facts.get("situation")
        try:
            await self._app.desk.relabel(about["case"], agent, words, taken_for, situation)
        except Refused as refused:
            return self._app.tell(ear, str(refused))
        return self._app.tell(ear, self._app.own.labelled)

    async def message(self, body: Json, read: Callable[[Json], Awaitable[str]]) -> None:
        """Take a message in a case's thread: who has the case answers the person by it."""
        event = body["event"]
        thread = event.get("thread_ts")
        # A mention is for the assistant, which hears of it by an event of its own.
        named = f"<@{self._app.people.bot(body)}>" in (event.get("text") or "")
        if not thread or named or not is_written(event):
            return
        async with self._app.turns.of(f"thread {thread}"):
            await self._written(body, read)

    async def _written(self, body: Json, read: Callable[[Json], Awaitable[str]]) -> None:
        event = body["event"]
        delivery = await self._case_of(event, body)
        if delivery is None:
            return
        ear, text = Ear(event["user"], event["channel"], event["thread_ts"]), await read(body)
        if is_note(text):
            return
        if event.get("files"):
            self._app.tell(ear, self._app.own.files)
        if text:
            await self._reply(delivery, body, text, ear)

    async def _case_of(self, event: Json, body: Json) -> Delivery | None:
        """Return the delivery in whose thread a message is; None where it is another thread."""
        channel, thread = event["channel"], event["thread_ts"]
        if found := await self._app.threads.of_card(channel, thread):
            return await self._app.deliveries.get(found)
        if event.get("parent_user_id") != self._app.people.bot(body):
            return None
        # A card that was posted just now, and not noted yet; or a case that was erased.
        mark = await self._app.web.mark_of(channel, thread)
        delivery = await self._app.deliveries.get(mark["delivery"]) if mark else None
        if mark and delivery is None:
            ear = Ear(event["user"], channel, thread)
            self._app.tell(ear, self._app.refusals.unknown_case)
        return delivery if delivery and delivery.case is not None else None

    async def _reply(self, delivery: Delivery, body: Json, text: str, ear: Ear) -> None:
        case = delivery.case or 0
        async with self._app.turns.of(f"case {case}"):
            agent = await self._app.people.agent(body["team_id"], ear.user)
            event = event_id(SINK, body["event_id"])
            try:
                await self._app.desk.reply(case, agent, text, delivery.id, event)
            except Refused as refused:
                if await self._app.talks.is_new(SINK, body["event_id"]):
                    self._app.tell(ear, f"{refused} {self._app.own.note_hint}")

    async def _change(self, case: int, body: Json, action: Json) -> None:
        acts: dict[str, Act] = {
            ids.CASE_ASSUME: lambda agent: self._app.desk.assume(case, agent),
            ids.CASE_PASS: lambda agent: self._app.desk.pass_on(case, agent),
            ids.CASE_HAND_BACK: lambda agent: self._hand_back(case, agent, action),
        }
        async with self._app.turns.of(f"case {case}"):
            agent = await self._app.agent(body)
            try:
                await acts[action["action_id"]](agent)
            except Refused as refused:
                return self._app.tell(ear_of(body), str(refused))
            except StoreDown:
                return self._app.tell(ear_of(body), self._app.own.unavailable)
        await self._redraw_here(case, body, agent)
        return None

    async def _hand_back(self, case: int, agent: Agent, action: Json) -> None:
        check = (action.get("selected_option") or {}).get("value")
        situation = (await self._app.cases.facts(case)).get("situation") if check else None
        await self._app.desk.hand_back(case, agent, situation, check)

    async def _show_text(self, case: int, body: Json) -> None:
        view = await self._view(case, body)
        if view and view.customer_text:
            await self._app.open(body, modals.customer_text(self._app.texts, view.customer_text))
        elif view:
            self._app.tell(ear_of(body), self._app.own.nothing_to_copy)

    async def _ask_situation(self, case: int, body: Json) -> None:
        if view := await self._view(case, body):
            about = json.dumps(await self._about(case, body))
            await self._app.open(
                body, modals.pick_situation(self._app.texts, view.situations, about)
            )

    async def _ask_reason(self, case: int, body: Json) -> None:
        about = json.dumps(await self._about(case, body))
        # Known by now, so that Slack has its answer to the window in time.
        await self._app.agent(body)
        await self._app.open(body, modals.close_case(self._app.texts, about))

    async def _view(self, case: int, body: Json) -> CaseView | None:
        view = await self._app.cases.view(case)
        if view is None:
            self._app.tell(ear_of(body), self._app.refusals.unknown_case)
        return view

    async def _about(self, case: int, body: Json) -> Json:
        ear = ear_of(body)
        about = {"case": case, "channel": ear.channel, "thread": ear.thread}
        return about if await self._is_card(case, body) else {**about, "url": ear.url}

    async def _is_card(self, case: int, body: Json) -> bool:
        """Whether the button is the card's own, which the outlet draws anew by itself."""
        delivery = await self._app.deliveries.of_case(case, SINK)
        card = delivery.memory.get("card") if delivery else None
        return card == (body.get("container") or {}).get("message_ts")

    async def _redraw_here(self, case: int, body: Json, agent: Agent) -> None:
        ear = ear_of(body)
        url = "" if await self._is_card(case, body) else ear.url
        self._redraw(case, replace(ear, url=url), agent)

    def _redraw(self, case: int, ear: Ear, agent: Agent) -> None:
        if not self._app.channel:  # else the outlet does it, as it hears of the change
            self._app.later.do(lambda: self._app.homes.publish(agent.id))
        if ear.url:
            self._app.later.do(lambda: self._redraw_private(case, ear))

    async def _redraw_private(self, case: int, ear: Ear) -> None:
        if view := await self._app.cases.view(case):
            await self._app.whisper.replace(ear, await self._app.answering.drawn(view))
