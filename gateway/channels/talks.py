"""Agents' own conversations with the assistant, held in a channel of Slack or Teams."""

from __future__ import annotations

import uuid

from sqlalchemy.exc import IntegrityError

from gateway.conversation.inbox import Accepted, Inbox
from gateway.schemas import MAX_SEQ, IncomingMessage, OutgoingMessage
from gateway.store import Store
from gateway.store.labels import Labels
from gateway.store.talks import (
    asked_before,
    clean_events,
    event_id,
    find_talk,
    open_talk,
    take_event,
)
from gateway.store.values import Agent, Destination

# Names the ids made of events; the value is arbitrary and must not change.
_EVENTS = uuid.UUID("5f0f7d3e-6a3a-4f0e-9a63-0d1c9a1f5b11")


class Talks:
    """Finds or begins the conversation of a place, and takes what is said there."""

    def __init__(self, store: Store, labels: Labels, inbox: Inbox) -> None:
        self._database = store.database
        self._history = store.history
        self._labels = labels
        self._inbox = inbox

    async def of(self, place: Destination) -> tuple[str, str]:
        """Return the ids of the conversation and of the delivery of a place, made if missing."""
        for _ in range(2):
            async with self._database.writing() as db:
                if found := await find_talk(db, place):
                    return found
                try:
                    return await open_talk(db, place)
                except IntegrityError:  # another gateway was first
                    await db.rollback()
        raise RuntimeError("the same place was opened and erased at once")

    async def say(
        self,
        place: Destination,
        event: str,
        text: str | None = None,
        choice: str | None = None,
        page: str | None = None,
        seen: int | None = None,
    ) -> Accepted:
        """Take a text or a choice from a place; the same `event` again gives the first's message.

        Raises what Inbox.accept does.
        """
        conversation, _ = await self.of(place)
        id = uuid.uuid5(_EVENTS, f"{place.sink} {event}")
        incoming = IncomingMessage(id=id, text=text, choice=choice, page=page, seen=seen)
        return await self._inbox.accept(conversation, incoming)

    async def message(self, conversation: str, seq: int) -> OutgoingMessage | None:
        """Return a message of a conversation by its number, or None."""
        page = await self._history.page(conversation, seq - 1, 1)
        found = page.messages if page else []
        return found[0] if found and found[0].seq == seq else None

    async def is_waiting(self, conversation: str) -> bool:
        """Whether something that was said there is still to be answered."""
        page = await self._history.page(conversation, MAX_SEQ)
        return page is not None and page.pending_since is not None

    async def relabel(self, conversation: str, seq: int, situation: str, agent: Agent) -> bool:
        """Note for the trainers what the words before message `seq` were about.

        False where nothing was written before it, or it was erased.
        """
        async with self._database.reading() as db:
            asked = await asked_before(db, conversation, seq)
        if asked is None:
            return False
        words, taken_for = asked
        await self._labels.add(conversation, words, taken_for, situation, agent.id)
        return True

    async def is_new(self, sink: str, event: str) -> bool:
        """Whether an event (an action, a command) comes for the first time; it is noted."""
        async with self._database.writing() as db:
            await clean_events(db)
            return await take_event(db, event_id(sink, event))
