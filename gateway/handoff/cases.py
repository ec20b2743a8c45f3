"""A case as agents see it: its sheet from the action server's store, and who has it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from assistant.dialogue.links import link
from assistant.knowledge import Knowledge, Situation
from assistant.settings import Settings
from gateway.channels.case import CaseLine, CaseView, Pick
from gateway.channels.texts import ChannelTexts
from gateway.knowledge import knowledge
from gateway.privacy.cases import CasesOfPeople
from gateway.schemas import OutgoingMessage
from gateway.store.handoffs import Handoffs
from gateway.store.history import History
from gateway.store.values import Handoff, HandoffEvent

MOST_SAID = 100
MOST_EVENTS = 100


class Cases:
    """Reads cases for those who show them."""

    def __init__(
        self, handoffs: Handoffs, sheets: CasesOfPeople, history: History, texts: ChannelTexts
    ) -> None:
        self._handoffs = handoffs
        self._sheets = sheets
        self._history = history
        self._texts = texts

    async def knowledge(self) -> Knowledge:
        """Return the knowledge, loaded in a thread."""
        return await asyncio.to_thread(knowledge)

    async def facts(self, case: int) -> dict[str, Any]:
        """Return what the assistant noted in the case, {} where it is gone; raise StoreDown."""
        found = await self._sheets.get(case)
        return dict(found["facts"]) if found else {}

    async def view(self, case: int) -> CaseView | None:
        """Return a case as it stands, or None; raise StoreDown."""
        handoff = await self._handoffs.find(case)
        if handoff is None:
            return None
        found = await self._sheets.get(case) or {"sheet": (), "facts": {}}
        known = await self.knowledge()
        situation = known.situations.get(found["facts"].get("situation") or "")
        name, why_closed = await self._who(handoff)
        return CaseView(
            number=case,
            holder=handoff.state,
            sheet=found["sheet"],
            name=name,
            note=self._texts.case_raised if handoff.raised else why_closed,
            checks=_checks(situation),
            situations=situations(known),
            customer_text=self._for_customer(known, situation),
            title=situation.title if situation else self._texts.case_unknown,
        )

    async def lines(self, holder: str | None = None) -> list[CaseLine]:
        """Return the cases that are not closed; with `holder`, those of that agent."""
        return [await self._line(handoff) for handoff in await self._handoffs.open(holder)]

    async def said_until(self, conversation: str, seq: int) -> Sequence[OutgoingMessage]:
        """Return the last messages of a conversation up to number `seq`, oldest first."""
        last = (await self._history.heads([conversation])).get(conversation, 0)
        after = max(0, min(seq, last) - MOST_SAID)
        page = await self._history.page(conversation, after, MOST_SAID)
        return [message for message in (page.messages if page else ()) if message.seq <= seq]

    async def history(self, case: int) -> list[HandoffEvent]:
        """Return a case's newest events, oldest first."""
        handoff = await self._handoffs.find(case)
        after = max(0, handoff.events - MOST_EVENTS) if handoff else 0
        return await self._handoffs.events(case, after, MOST_EVENTS)

    async def _who(self, handoff: Handoff) -> tuple[str, str]:
        """Return the name of who has or closed a case, and why it closed if nobody did it."""
        if handoff.state != "closed":
            return handoff.holder.name if handoff.holder else "", ""
        ends = [one for one in await self.history(handoff.case) if one.kind == "closed"]
        end = ends[-1] if ends else None
        if end and end.who:
            return end.who.name, ""
        return "", (end.reason or "") if end else ""

    async def _line(self, handoff: Handoff) -> CaseLine:
        situation = (await self.facts(handoff.case)).get("situation")
        known = (await self.knowledge()).situations.get(situation or "")
        title = known.title if known else self._texts.case_unknown
        name = handoff.holder.name if handoff.holder else ""
        return CaseLine(handoff.case, title, handoff.state, name)

    def _for_customer(self, known: Knowledge, situation: Situation | None) -> str:
        if situation is None:
            return ""
        settings = Settings.from_env()
        links = [link(settings, known.articles[id]) for id in situation.articles]
        lines = [f"- {one['title']}: {one['url']}" for one in links]
        return "\n".join([self._texts.case_customer.format(title=situation.title), *lines])


def situations(known: Knowledge) -> list[Pick]:
    """Return every situation to be picked from, by module."""
    return [Pick(one.id, one.title, one.module) for one in known.situations.values()]


def _checks(situation: Situation | None) -> list[Pick]:
    return [Pick(check.id, check.title) for check in situation.checks] if situation else []
