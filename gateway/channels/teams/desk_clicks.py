"""The buttons of a case's card."""

from __future__ import annotations

from gateway.channels import actions as ids
from gateway.channels.teams.submitted import Submitted
from gateway.channels.teams.texts import TeamsTexts
from gateway.handoff.cases import Cases
from gateway.handoff.desk import Desk
from gateway.store.values import Agent


class DeskClicks:
    """Does with a case what its buttons say; raises Refused, and StoreDown."""

    def __init__(self, desk: Desk, cases: Cases, own: TeamsTexts) -> None:
        self._desk = desk
        self._cases = cases
        self._own = own

    async def do(self, case: int, agent: Agent, sent: Submitted) -> str:
        """Do it; return what to tell the agent where something is missing, else nothing."""
        if sent.action == ids.CASE_ASSUME:
            await self._desk.assume(case, agent)
        elif sent.action == ids.CASE_PASS:
            await self._desk.pass_on(case, agent)
        elif sent.action == ids.CASE_CLOSE:
            await self._desk.close(case, agent, sent.reason)
        elif sent.action == ids.REPLY:
            # Not by way of the thread: the team reads there what was answered on the card.
            await self._desk.reply(case, agent, sent.reply or "")
        elif sent.action == ids.CASE_HAND_BACK:
            situation = (await self._cases.facts(case)).get("situation")
            await self._desk.hand_back(case, agent, situation, sent.check or None)
        elif sent.action == ids.CASE_WRONG:
            return await self._relabel(case, agent, sent.situation)
        return ""

    async def _relabel(self, case: int, agent: Agent, situation: str | None) -> str:
        known = (await self._cases.knowledge()).situations.get(situation or "")
        if known is None:
            return self._own.pick_first
        facts = await self._cases.facts(case)
        words = facts.get("user_words") or ""
        if not words:
            return self._own.nothing_asked
        await self._desk.relabel(case, agent, words, facts.get("situation"), known.id)
        return self._own.labelled.format(title=known.title)
