"""The review inbox: what deserves a look, masked, in groups; and what is around each message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from assistant.knowledge import Knowledge, Situation
from gateway.review.deciding import Deciding
from gateway.review.reading import Decided, Reading, Said
from gateway.store.engine import Database
from gateway.store.tables import now
from trainer.review.items import REASONS, Group, Item, Reason
from trainer.review.masking import mask
from trainer.review.reasons import Found, Heard, Told, find_reasons

Show = Literal["open", "later", "decided"]
# The newest typed messages that are looked through at once.
MOST_READ = 5000
AROUND = 6


@dataclass(frozen=True)
class InboxView:
    """Groups of messages; `left_out` older messages of the same time were not looked through."""

    groups: Sequence[Group]
    count: int
    left_out: int


class ReviewInbox:
    """What the console and the commands ask; `decide` and `accepted` are those of Deciding."""

    def __init__(self, database: Database, knowledge: Callable[[], Knowledge]) -> None:
        self._reading = Reading(database)
        self._knowledge = knowledge
        deciding = Deciding(database)
        self.decide = deciding.decide
        self.accepted = deciding.accepted

    async def read(
        self,
        since: datetime,
        until: datetime,
        show: Show = "open",
        reasons: Sequence[Reason] = REASONS,
    ) -> InboxView:
        """Return what was typed from `since` to `until` and deserves a look for one of `reasons`.

        `show`: what nobody decided about yet, what was put off, or what was decided.
        """
        told, left_out = await self._reading.told(since, until, MOST_READ)
        at = now()
        found = await asyncio.to_thread(find_reasons, told, at)
        decided = await self._reading.decisions([m.message for m in told.heard])
        wanted = _wanted(told, found, decided, show, frozenset(reasons))
        groups = await asyncio.to_thread(self._group, wanted, at)
        return InboxView(groups, len(wanted), left_out)

    async def around(self, message: str, before: int = AROUND, after: int = AROUND) -> list[Said]:
        """Return a message and those around it, masked; [] where it is gone."""
        found = await self._reading.around(message, before, after)
        return [replace(said, text=mask(said.text)) for said in found]

    def _group(self, wanted: Sequence[Item], at: datetime) -> list[Group]:
        masked = [replace(item, text=mask(item.text)) for item in wanted]
        # Takes scikit-learn, seconds to import: in this thread, not at the gateway's start.
        from trainer.review.grouping import group

        return group(masked, situation_texts(self._knowledge()), at)


def situation_texts(knowledge: Knowledge) -> dict[str, list[str]]:
    """Return what tells of each situation: its own words and the questions of its articles."""
    return {id: _texts(knowledge, one) for id, one in knowledge.situations.items()}


def _texts(knowledge: Knowledge, one: Situation) -> list[str]:
    asked = [q for id in one.articles for q in knowledge.articles[id].questions]
    return [one.title, one.clarify, one.summary, *(check.title for check in one.checks), *asked]


def _wanted(
    told: Told,
    found: Mapping[str, Found],
    decided: Mapping[str, Decided],
    show: Show,
    reasons: frozenset[Reason],
) -> list[Item]:
    items = (_item(m, found[m.message], decided) for m in told.heard if m.message in found)
    return [item for item in items if _shows(item) == show and reasons & set(item.reasons)]


def _shows(item: Item) -> Show:
    if item.decision is None:
        return "open"
    return "later" if item.decision == "later" else "decided"


def _item(heard: Heard, found: Found, decided: Mapping[str, Decided]) -> Item:
    """Return an item, its text not masked yet."""
    done = decided.get(heard.message)
    more: dict[str, Any] = {}
    if done:
        more = {**vars(done), "decided_at": done.at}
        del more["at"]
    return Item(
        message=heard.message,
        conversation=heard.conversation,
        text=heard.text,
        at=heard.at,
        reasons=tuple(reason for reason in REASONS if reason in found.reasons),
        intent=heard.intent,
        confidence=heard.confidence,
        understanding=heard.understanding,
        candidates=heard.candidates,
        taken_for=found.taken_for,
        labelled=found.labelled,
        **more,
    )
