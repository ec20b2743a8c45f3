"""What an agent can do with a case, from any platform."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from gateway.channels.plain import chunks, one_line
from gateway.conversation.hub import Hub
from gateway.handoff.states import Actions, Decision, Due, Refused
from gateway.handoff.texts import DeskTexts
from gateway.normalise import MAX_CHARACTERS, clean
from gateway.observe import Observer
from gateway.store.handoffs import Handoffs, UnknownCase
from gateway.store.labels import Labels
from gateway.store.tables import now
from gateway.store.values import Agent, Handoff

MAX_NAME, MAX_ID = 80, 128
_log = logging.getLogger(__name__)


class Desk:
    """Every method raises Refused, with a sentence in Portuguese, where it cannot be done."""

    def __init__(
        self,
        handoffs: Handoffs,
        labels: Labels,
        texts: DeskTexts,
        due: Due,
        hub: Hub,
        wake: Callable[[str], None],
        observer: Observer,
    ) -> None:
        """`due` tells when a case that waits is raised; `wake` has a conversation answered."""
        self.handoffs = handoffs
        self._labels = labels
        self._texts = texts
        self._actions = Actions(texts, due)
        self._hub = hub
        self._wake = wake
        self._observer = observer

    async def assume(self, case: int, agent: Agent) -> Handoff:
        """Give the conversation to `agent`."""
        return await self._do(case, self._actions.assume(self._known(agent)))

    async def pass_on(self, case: int, agent: Agent) -> Handoff:
        """Give it back to the team."""
        return await self._do(case, self._actions.pass_on(self._known(agent)))

    async def reply(
        self,
        case: int,
        agent: Agent,
        text: str,
        via: str | None = None,
        event: str | None = None,
    ) -> Handoff:
        """Say `text` to the person, in as many messages as it takes; nothing where it is empty.

        The same `event` (store.talks.event_id) says it once: noted and said in one transaction.
        """
        said = [part.strip() for part in chunks(clean(text), MAX_CHARACTERS) if part.strip()]
        if not said:
            return await self._find(case)
        return await self._do(case, self._actions.reply(self._known(agent), said, via), event)

    async def hand_back(
        self, case: int, agent: Agent, situation: str | None = None, check: str | None = None
    ) -> Handoff:
        """Let the assistant go on, at a check where one is given."""
        known = self._known(agent)
        return await self._do(case, self._actions.hand_back(known, situation, check))

    async def close(self, case: int, agent: Agent, reason: str | None = None) -> Handoff:
        """End it; `reason` stays in the case's history."""
        said = clean(reason or "")[:MAX_CHARACTERS].strip() or None
        return await self._do(case, self._actions.close(self._known(agent), said))

    async def relabel(
        self, case: int, agent: Agent, words: str, taken_for: str | None, situation: str
    ) -> Handoff:
        """Note for the trainers which situation the person's `words` were about."""
        known = self._known(agent)
        handoff = await self._do(case, self._actions.relabel(known, situation))
        await self._labels.add(handoff.conversation, words, taken_for, situation, known.id)
        return handoff

    async def raise_due(self, at: datetime) -> int:
        """Raise every case that is overdue at `at`; return how many were."""
        due = await self.handoffs.due(at)
        for case in due:
            try:
                await self._do(case, self._actions.raise_again(at))
            except Refused:  # erased since they were looked for
                _log.info("case %d was erased before it was raised", case)
        return len(due)

    def _known(self, agent: Agent) -> Agent:
        """Return an agent as they are stored and shown: a name of one line, never empty."""
        name = one_line(clean(agent.name), MAX_NAME) or self._texts.somebody
        return Agent(agent.id[:MAX_ID], name)

    async def _find(self, case: int) -> Handoff:
        handoff = await self.handoffs.find(case)
        if handoff is None:
            raise Refused(self._texts.unknown_case)
        return handoff

    async def _do(self, case: int, decision: Decision, event: str | None = None) -> Handoff:
        try:
            before, handoff = await self.handoffs.change(case, decision, event)
        except UnknownCase:
            raise Refused(self._texts.unknown_case) from None
        if before.state == "waiting" and handoff.state == "person":
            self._observer.assumed((now() - before.changed_at).total_seconds())
        self._hub.changed(handoff.conversation)
        self._wake(handoff.conversation)
        return handoff
