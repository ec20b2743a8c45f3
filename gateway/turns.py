"""One turn of a conversation: a message in, at least one answer out, once and in order."""

from __future__ import annotations

import asyncio
import logging
from weakref import WeakValueDictionary

from gateway.normalise import MAX_CHARACTERS, clean, neutralise
from gateway.rasa import Rasa, Silence
from gateway.schemas import IncomingMessage, OutgoingMessage, RasaMessage
from gateway.store import AcceptedMessage, Choice, NewMessage, OfferedChoice, Reply, State, Store
from gateway.texts import Texts

_log = logging.getLogger(__name__)


class UnknownConversation(Exception):
    """The conversation is not in this store."""


class UnknownChoice(Exception):
    """The choice was never offered in this conversation."""


class TextTooLong(Exception):
    """The text is over the limit once it is normalised."""


class Turns:
    """Takes messages, one at a time for each conversation. `seconds` is what a turn may use."""

    def __init__(self, store: Store, rasa: Rasa, texts: Texts, seconds: float) -> None:
        self._store = store
        self._rasa = rasa
        self._texts = texts
        self._seconds = seconds
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def take(self, conversation: str, incoming: IncomingMessage) -> list[OutgoingMessage]:
        """Return the stored answers; for a repeated id, those that the first got.

        Raises UnknownConversation, UnknownChoice or TextTooLong, and then nothing is stored.
        """
        # Waiting for the turn before counts: the promise is to whoever sent the message.
        deadline = _time() + self._seconds
        async with self._lock(conversation):
            message = await self._store.find_message(conversation, str(incoming.id))
            if message is None and not await self._store.has_conversation(conversation):
                raise UnknownConversation
            if message is None:
                message = await self._accept(conversation, incoming)
            if message.state == "pending":
                await self._answer(message, deadline)
            return await self._store.answers(message)

    def _lock(self, conversation: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation, asyncio.Lock())

    async def _accept(self, conversation: str, incoming: IncomingMessage) -> AcceptedMessage:
        shown = clean(incoming.text or "")
        if len(shown) > MAX_CHARACTERS:
            raise TextTooLong
        choice = await self._choice(conversation, incoming.choice, shown)
        new = NewMessage(
            client_id=str(incoming.id),
            shown=choice.label if choice else shown,
            to_rasa=choice.to_rasa if choice else neutralise(shown),
            page=clean(incoming.page or "") or None,
            choice=choice,
        )
        return await self._store.accept(conversation, new)

    async def _choice(
        self, conversation: str, choice: str | None, shown: str
    ) -> OfferedChoice | None:
        if choice is not None:
            found = await self._store.find_choice(conversation, choice)
            if found is None:
                raise UnknownChoice
            return found
        # The core resolves the labels that it offered; this one is the gateway's own.
        if shown.casefold().strip(".! ") == self._texts.retry.casefold():
            return await self._store.find_retry(conversation)
        return None

    async def _answer(self, message: AcceptedMessage, deadline: float) -> None:
        if not message.to_rasa:
            await self._settle(message, "done", [Reply("system", self._texts.empty)])
            return
        try:
            answer = await self._rasa.ask(message, deadline - _time())
        except Silence as silence:
            _log.warning("turn %s got no answer: %s", message.turn_id, silence)
            await self._settle(message, "failed", [self._apology(message)])
        else:
            await self._settle(message, "done", [_reply(part) for part in answer])

    async def _settle(self, message: AcceptedMessage, state: State, replies: list[Reply]) -> None:
        await self._store.settle(message, state, replies)
        _log.info("turn %s of %s: %s", message.turn_id, message.conversation, state)

    def _apology(self, message: AcceptedMessage) -> Reply:
        retry = Choice(self._texts.retry, message.to_rasa, turn_id=message.turn_id)
        return Reply("system", self._texts.silence, choices=[retry])


def _reply(answer: RasaMessage) -> Reply:
    parts = answer.custom.model_dump(by_alias=True, exclude_none=True) if answer.custom else {}
    choices = [Choice(b.title, b.payload, more=b.more) for b in answer.buttons or ()]
    return Reply("assistant", (answer.text or "").strip(), parts, choices)


def _time() -> float:
    return asyncio.get_running_loop().time()
