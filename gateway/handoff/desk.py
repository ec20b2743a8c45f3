"""What an agent can do with a case, from any platform."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gateway.conversation.hub import Hub
from gateway.handoff.states import Actions, Decision, Refused
from gateway.handoff.texts import DeskTexts
from gateway.normalise import MAX_CHARACTERS, clean
from gateway.store.handoffs import Handoffs, UnknownCase
from gateway.store.labels import Labels
from gateway.store.values import Agent, Handoff


class Desk:
    """Every method raises Refused, with a sentence in Portuguese, where it cannot be done."""

    def __init__(
        self,
        handoffs: Handoffs,
        labels: Labels,
        texts: DeskTexts,
        due: Callable[[], datetime | None],
        hub: Hub,
        wake: Callable[[str], None],
    ) -> None:
        """`due` tells when a case that waits is raised; `wake` has a conversation answered."""
        self.handoffs = handoffs
        self._labels = labels
        self._texts = texts
        self._actions = Actions(texts, due)
        self._hub = hub
        self._wake = wake

    async def assume(self, case: int, agent: Agent) -> Handoff:
        """Give the conversation to `agent`."""
        return await self._do(case, self._actions.assume(agent))

    async def pass_on(self, case: int, agent: Agent) -> Handoff:
        """Give it back to the team."""
        return await self._do(case, self._actions.pass_on(agent))

    async def reply(self, case: int, agent: Agent, text: str, via: str | None = None) -> Handoff:
        """Say `text` to the person, cut to what one message holds; nothing where it is empty."""
        said = clean(text)[:MAX_CHARACTERS].strip()
        if not said:
            return await self._find(case)
        return await self._do(case, self._actions.reply(agent, said, via))

    async def hand_back(
        self, case: int, agent: Agent, situation: str | None = None, check: str | None = None
    ) -> Handoff:
        """Let the assistant go on, at a check where one is given."""
        return await self._do(case, self._actions.hand_back(agent, situation, check))

    async def close(self, case: int, agent: Agent, reason: str | None = None) -> Handoff:
        """End it; `reason` stays in the case's history."""
        said = clean(reason or "")[:MAX_CHARACTERS].strip() or None
        return await self._do(case, self._actions.close(agent, said))

    async def relabel(
        self, case: int, agent: Agent, words: str, taken_for: str | None, situation: str
    ) -> Handoff:
        """Note for the trainers which situation the person's `words` were about."""
        handoff = await self._do(case, self._actions.relabel(agent, situation))
        await self._labels.add(handoff.conversation, words, taken_for, situation, agent.id)
        return handoff

    async def raise_due(self, at: datetime) -> int:
        """Raise every case that is overdue at `at`; return how many were."""
        due = await self.handoffs.due()
        for case in due:
            await self._do(case, self._actions.raise_again(at))
        return len(due)

    async def _find(self, case: int) -> Handoff:
        handoff = await self.handoffs.find(case)
        if handoff is None:
            raise Refused(self._texts.unknown_case)
        return handoff

    async def _do(self, case: int, decision: Decision) -> Handoff:
        try:
            handoff = await self.handoffs.change(case, decision)
        except UnknownCase:
            raise Refused(self._texts.unknown_case) from None
        self._hub.changed(handoff.conversation)
        self._wake(handoff.conversation)
        return handoff
