"""What each action makes of a case, as pure functions of the case as it stands.

assistant -> waiting -> person -> waiting, assistant or closed; each refusal says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.handoff.texts import DeskTexts
from gateway.store.values import Agent, Change, Handoff, Reply

Decision = Callable[[Handoff], Change | None]


class Refused(Exception):
    """The action is not to be had as the case stands; the text says why, in Portuguese."""


@dataclass(frozen=True)
class Actions:
    """Makes decisions; `due` tells when a case that waits for someone is to be raised."""

    texts: DeskTexts
    due: Callable[[], datetime | None]

    def assume(self, agent: Agent) -> Decision:
        """Let `agent` have the conversation; nothing where they have it already."""

        def decide(case: Handoff) -> Change | None:
            if case.holder == agent:
                return None
            if case.state == "person":
                raise Refused(self.texts.already_held.format(name=_name(case)))
            if case.state == "closed":
                raise Refused(self.texts.already_closed)
            said = self._say(self.texts.assumed.format(name=agent.name))
            return Change("assumed", "person", agent, said=said, due_at=self.due())

        return decide

    def pass_on(self, agent: Agent) -> Decision:
        """Let the conversation wait for somebody else of the team."""

        def decide(case: Handoff) -> Change:
            self._must_hold(case, agent)
            said = self._say(self.texts.passed.format(name=agent.name))
            return Change("passed", "waiting", agent, said=said, due_at=self.due())

        return decide

    def reply(self, agent: Agent, text: str, via: str | None) -> Decision:
        """Say `text` to the person; `via` names the delivery in whose thread it was written."""

        def decide(case: Handoff) -> Change:
            self._must_hold(case, agent)
            reply = Reply("person", text, {"author": agent.name}, via=via)
            return Change("replied", "person", agent, said=[reply])

        return decide

    def hand_back(self, agent: Agent, situation: str | None, check: str | None) -> Decision:
        """Let the assistant go on, at a check of a situation where they are given."""

        def decide(case: Handoff) -> Change:
            self._must_hold(case, agent)
            shown = self.texts.handed_back.format(name=agent.name)
            option = f"{situation or ''}.{check or ''}"
            payload = f"/hand_back{json.dumps({'option': option})}"
            return Change("handed_back", "assistant", agent, check, shown=shown, to_rasa=payload)

        return decide

    def close(self, agent: Agent, reason: str | None) -> Decision:
        """End the case; the assistant asks the person whether it was solved."""

        def decide(case: Handoff) -> Change:
            self._must_hold(case, agent)
            shown = self.texts.closed.format(name=agent.name)
            payload = f"/case_closed{json.dumps({'option': str(case.case)})}"
            return Change("closed", "closed", agent, reason, shown=shown, to_rasa=payload)

        return decide

    def relabel(self, agent: Agent, situation: str) -> Decision:
        """Note that it was another situation; who has the conversation stays as it is."""
        return lambda case: Change("relabelled", case.state, agent, situation, due_at=case.due_at)

    def raise_again(self, at: datetime) -> Decision:
        """Raise a case that nobody assumed, or answered, in time; nothing where it is not due."""

        def decide(case: Handoff) -> Change | None:
            if case.due_at is None or case.due_at > at or case.state not in ("waiting", "person"):
                return None
            text = self.texts.nobody_yet if case.state == "waiting" else self.texts.person_late
            said = self._say(text.format(name=_name(case), number=case.case))
            # The person is told once; the team is reminded until somebody answers.
            return Change("raised", case.state, said=[] if case.raised else said, due_at=self.due())

        return decide

    def _must_hold(self, case: Handoff, agent: Agent) -> None:
        if case.state == "person" and case.holder and case.holder.id == agent.id:
            return
        if case.state == "person":
            raise Refused(self.texts.already_held.format(name=_name(case)))
        if case.state == "closed":
            raise Refused(self.texts.already_closed)
        raise Refused(self.texts.assume_first)

    def _say(self, text: str) -> Sequence[Reply]:
        return [Reply("system", text)]


def _name(case: Handoff) -> str:
    return case.holder.name if case.holder else ""
