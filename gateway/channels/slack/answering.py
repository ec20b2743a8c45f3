"""Answers that need no conversation: a search, a case."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.channels import commands
from gateway.channels.case import CaseView
from gateway.channels.search import Search
from gateway.channels.slack import blocks as kit
from gateway.channels.slack import case as drawing
from gateway.channels.slack.homes import Homes
from gateway.channels.slack.message import Payload, shared
from gateway.channels.slack.mrkdwn import link
from gateway.channels.slack.people import People
from gateway.channels.slack.texts import SlackTexts
from gateway.channels.slack.web import Refusal
from gateway.channels.slack.whisper import Ear, Whisper, sentence
from gateway.channels.texts import ChannelTexts
from gateway.delivery.outlet import Retry
from gateway.handoff.cases import Cases
from gateway.handoff.texts import DeskTexts
from gateway.privacy.stores import StoreDown


@dataclass(frozen=True)
class Answering:
    """Answers to one person alone; `channel` is the channel of cases, "" without one."""

    search: Search
    cases: Cases
    people: People
    homes: Homes
    whisper: Whisper
    channel: str
    texts: ChannelTexts
    own: SlackTexts
    desk: DeskTexts

    async def answer(self, command: commands.Search | commands.ShowCase, ear: Ear) -> None:
        """Answer a command."""
        if isinstance(command, commands.ShowCase):
            await self.whisper.say(ear, await self._case(command.number, ear.user))
        else:
            found = await self.search.message(command.words)
            await self.whisper.say(ear, shared(found, self.texts))

    async def drawn(self, view: CaseView) -> Payload:
        """Return a case as it is shown privately: with a link to its thread."""
        payload, url = drawing.draw(view, self.texts), await self.homes.url_of(view.number)
        more = [kit.context(link(self.own.case_thread, url))] if url else []
        return {**payload, "blocks": [*payload["blocks"], *more]}

    async def _case(self, number: int, user: str) -> Payload:
        if not self.channel:
            return sentence(self.own.cases_off)
        try:
            # What people told the assistant is for the team alone, not for all of a workspace.
            if not await self.people.is_member(self.channel, user):
                return sentence(self.own.cases_private)
            view = await self.cases.view(number)
        except (Retry, Refusal, StoreDown):
            return sentence(self.own.unavailable)
        return await self.drawn(view) if view else sentence(self.desk.unknown_case)
