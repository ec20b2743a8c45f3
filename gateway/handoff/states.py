"""What each action makes of a case, as pure functions of the case as it stands.

assistant -> waiting -> person -> waiting, assistant or closed; each refusal says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.handoff.texts import DeskTexts
from gateway.store.values import Agent, Change, Handoff, Holder, Reply

Decision = Callable[[Handoff], Change | None]
# When a case in a state from now on, raised so often already, is to be raised (None: never).
Due = Callable[[Holder, int], datetime | None]


class Refused(Exception):
    """The action is not to be had as the case stands; the text says why, in Portuguese."""


@dataclass(frozen=True)
class Actions:
    """Makes decisions; `due` tells when a case that waits for someone is to be raised."""

    texts: DeskTexts
    due: Due

    def assume(self, agent: Agent) -> Decision:
        """Let `agent` have the conversation; nothing where they have it already."""

        def decide(case: Handoff) -> Change | None:
            if case.holder and case.holder.id == agent.id:
                return None
            if case.state == "person":
                raise Refused(self.texts.already_held.format(name=_name(case)))
            if case.state == "closed":
                raise Refused(self.texts.already_closed)
            said = self._say(self.texts.assumed.format(name=agent.name))
            return Change("assumed", "person", agent, said=said, due_at=self.due("person", 0))

        return decide

    def pass_on(self, agent: Agent) -> Decision:
        """Let the conversation wait for somebody else of the team."""

        def decide(case: Handoff) -> Change:
            self._must_hold(case, agent)
            said = self._say(self.texts.passed.format(name=agent.name))
            return Change("passed", "waiting", agent, said=said, due_at=self.due("waiting", 0))

        return decide

    def reply(self, agent: Agent, texts: Sequence[str], via: str | None) -> Decision:
        """Say `texts` to the person; `via` names the delivery in whose thread they were written."""

        def decide(case: Handoff) -> Change:
            self._must_hold(case, agent)
            author = {"author": agent.name}
            said = [Reply("person", text, author, via=via) for text in texts]
            return Change("replied", "person", agent, said=said)

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
            return self._closed(case, agent, reason)

        return decide

    def end(self, agent: Agent, reason: str | None) -> Decision:
        """End the case whoever has it, as whoever runs the installation may."""

        def decide(case: Handoff) -> Change:
            if case.state == "closed":
                raise Refused(self.texts.already_closed)
            return self._closed(case, agent, reason)

        return decide

    def _closed(self, case: Handoff, agent: Agent, reason: str | None) -> Change:
        shown = self.texts.closed.format(name=agent.name)
        payload = f"/case_closed{json.dumps({'option': str(case.case)})}"
        return Change("closed", "closed", agent, reason, shown=shown, to_rasa=payload)

    def relabel(self, agent: Agent, situation: str) -> Decision:
        """Note that it was another situation; who has the conversation stays as it is."""
        return lambda case: Change("relabelled", case.state, agent, situation, due_at=case.due_at)

    def raise_again(self, at: datetime) -> Decision:
        """Raise a case that nobody assumed, or answered, in time; nothing where it is not due.

        Who has it and does not answer, raised or not, loses it to the team, so that it never lies.
        """

        def decide(case: Handoff) -> Change | None:
            if case.due_at is None or case.due_at > at or case.state not in ("waiting", "person"):
                return None
            if case.state == "person" and case.raised:
                return self._take_away(case)
            text = self.texts.nobody_yet if case.state == "waiting" else self.texts.person_late
            # The person is told once; the team is reminded until somebody answers.
            said = [] if case.raised else self._say(text.format(name=_name(case), number=case.case))
            due_at = self.due(case.state, case.raised + 1)
            return Change("raised", case.state, said=said, due_at=due_at)

        return decide

    def _take_away(self, case: Handoff) -> Change:
        said = self._say(self.texts.person_gone.format(name=_name(case)))
        due_at = self.due("waiting", 0)
        return Change("passed", "waiting", reason=self.texts.no_answer, said=said, due_at=due_at)

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
