"""What comes in: stored once, in order, before anybody is told that it arrived."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.text import fold
from gateway.conversation.consumer import Consumer
from gateway.conversation.hub import Hub
from gateway.normalise import MAX_CHARACTERS, clean, neutralise
from gateway.observe import Observer
from gateway.schemas import IncomingMessage, OutgoingMessage
from gateway.store import NewMessage, OfferedChoice, Store, Turn
from gateway.store.choices import find_choice, find_retry, replaced_since
from gateway.store.messages import add_user_message, advance, find_repeat
from gateway.texts import Texts


class UnknownConversation(Exception):
    """The conversation is not in this store."""


class UnknownChoice(Exception):
    """The choice was never offered in this conversation."""


class TextTooLong(Exception):
    """The text is over the limit once it is normalised."""


@dataclass(frozen=True)
class Accepted:
    """A message of the user's that is stored; `repeated` where it was so before.

    `turn` is to be taken at once: the conversation was claimed in the same transaction.
    """

    message: OutgoingMessage
    repeated: bool
    turn: Turn | None = None


class Inbox:
    """Takes messages in, and wakes whoever answers and whoever listens."""

    def __init__(
        self, store: Store, texts: Texts, consumer: Consumer, hub: Hub, observer: Observer
    ) -> None:
        self._store = store
        self._retry = fold(texts.retry)
        self._consumer = consumer
        self._hub = hub
        self._observer = observer

    async def accept(
        self, conversation: str, incoming: IncomingMessage, request_id: str | None = None
    ) -> Accepted:
        """Store a message, or find the one that came with the same id before.

        Raises UnknownConversation, UnknownChoice or TextTooLong, and then nothing is stored.
        """
        try:
            accepted = await self._store_once(conversation, incoming, request_id)
        except IntegrityError:
            # On PostgreSQL, the same id came twice at once: the other one was first.
            accepted = await self._store_once(conversation, incoming, request_id)
        if accepted.repeated:
            self._observer.repeated()
        else:
            self._observer.accepted()
            self._consumer.wake(conversation, accepted.turn)
            self._hub.changed(conversation)
        await self._store.database.on_disk()
        return accepted

    async def _store_once(
        self, conversation: str, incoming: IncomingMessage, request_id: str | None
    ) -> Accepted:
        client_id = str(incoming.id)
        async with self._store.database.writing(brief=True) as db:
            if first := await find_repeat(db, conversation, client_id):
                return Accepted(first, repeated=True)
            shown = clean(incoming.text or "")
            if len(shown) > MAX_CHARACTERS:
                raise TextTooLong
            choice = await self._choice(db, conversation, incoming, shown)
            new = NewMessage(
                client_id=client_id,
                shown=shown or (choice.label if choice else ""),
                to_rasa=choice.to_rasa if choice else neutralise(shown),
                page=clean(incoming.page or "") or None,
                choice=choice,
                request_id=request_id,
            )
            seq = await advance(db, conversation, 1, waiting=True)
            if seq is None:
                raise UnknownConversation
            message = await add_user_message(db, conversation, seq, new)
            return Accepted(message, False, await self._consumer.claim(db, conversation))

    async def _choice(
        self, db: AsyncConnection, conversation: str, incoming: IncomingMessage, shown: str
    ) -> OfferedChoice | None:
        """Return the choice that a message takes, by its id or in words.

        The core resolves what is typed against its newest question. Two things it cannot know:
        the gateway's own offer to try again, and that the person answers an older question,
        since they had not seen the newer one.
        """
        if incoming.choice is not None:
            found = await find_choice(db, conversation, incoming.choice)
            if found is None:
                raise UnknownChoice
            return found
        words = fold(shown)
        if words == self._retry:
            return await find_retry(db, conversation)
        if incoming.seen is None or not words:
            return None
        return typed(words, await replaced_since(db, conversation, incoming.seen))


def typed(words: str, offered: list[OfferedChoice]) -> OfferedChoice | None:
    """Return which of the `offered` a folded text names, by number from 1 or by whole label."""
    if words.isdecimal() and len(words) <= 2:
        place = int(words) - 1
        return offered[place] if 0 <= place < len(offered) else None
    return next((choice for choice in offered if fold(choice.label) == words), None)
