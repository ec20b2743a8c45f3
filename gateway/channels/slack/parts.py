"""What the listeners of Slack's events work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.channels.slack.answering import Answering
from gateway.channels.slack.homes import Homes
from gateway.channels.slack.later import Later, Turns
from gateway.channels.slack.people import People
from gateway.channels.slack.texts import SlackTexts
from gateway.channels.slack.web import Web
from gateway.channels.slack.whisper import Ear, Whisper, sentence
from gateway.channels.talks import Talks
from gateway.channels.texts import ChannelTexts
from gateway.handoff.cases import Cases
from gateway.handoff.desk import Desk
from gateway.handoff.texts import DeskTexts
from gateway.store.deliveries import Deliveries
from gateway.store.threads import Threads
from gateway.store.values import Agent


@dataclass(frozen=True)
class Parts:
    """`channel` is the channel of cases, "" without one."""

    web: Web
    desk: Desk
    cases: Cases
    talks: Talks
    deliveries: Deliveries
    threads: Threads
    people: People
    homes: Homes
    answering: Answering
    whisper: Whisper
    turns: Turns
    later: Later
    channel: str
    texts: ChannelTexts
    own: SlackTexts
    refusals: DeskTexts

    def tell(self, ear: Ear, text: str) -> None:
        """Say a sentence to one person, once Slack has its answer."""
        self.later.do(lambda: self.whisper.say(ear, sentence(text)))

    async def open(self, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Open a window for who pressed a button; Slack allows three seconds for that."""
        trigger = body["trigger_id"]
        await self.web.ask(self.web.client.views_open(trigger_id=trigger, view=view))

    async def agent(self, body: dict[str, Any]) -> Agent:
        """Return who pressed a button or sent a window."""
        user = body["user"]
        team = (body.get("team") or {}).get("id") or user.get("team_id", "")
        return await self.people.agent(team, user["id"], user.get("name", ""))
