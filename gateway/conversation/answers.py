"""The messages that are stored in answer to one of the user's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gateway.conversation.fallback import Fallback
from gateway.schemas import RasaAnswer, RasaMessage
from gateway.store import Choice, Reply, Turn
from gateway.texts import Texts

# As long as the table takes.
MOST_VERSION, MOST_MODEL = 20, 64


class Answers:
    """Puts Rasa's answers, and the gateway's own words in their place, into the store's form."""

    def __init__(self, texts: Texts, fallback: Fallback) -> None:
        self._texts = texts
        self._fallback = fallback

    def of(self, answer: RasaAnswer) -> Sequence[Reply]:
        """Return what Rasa said, in order."""
        return [_reply(message, answer) for message in answer.visible()]

    def nothing_readable(self) -> Sequence[Reply]:
        """Return what is said to a message without a readable character."""
        return [Reply("system", self._texts.empty)]

    async def late(self, turn: Turn, guide_shown: bool) -> Sequence[Reply]:
        """Return what stands in for the answer to `turn`, which will still come."""
        if guide_shown:
            return [Reply("system", self._texts.fallback, mark="fallback")]
        return await self._fallback.replies(self._texts.fallback, _words(turn), turn.guide)

    async def given_up(self, turn: Turn, guide_shown: bool) -> Sequence[Reply]:
        """Return what is said where `turn` is set aside; the last message offers to try again."""
        said = [Reply("system", self._texts.set_aside)]
        if not guide_shown:
            said = await self._fallback.replies(self._texts.set_aside, _words(turn), turn.guide)
        retry = Choice(self._texts.retry, turn.to_rasa, turn_id=turn.turn_id)
        return [*said[:-1], replace(said[-1], choices=[retry])]


def _words(turn: Turn) -> str:
    """What a person said; a turn of the gateway's own shows words of ours."""
    return turn.shown if turn.sender == "user" else ""


def _reply(message: RasaMessage, answer: RasaAnswer) -> Reply:
    parts = message.custom.model_dump(by_alias=True, exclude_none=True) if message.custom else {}
    choices = [Choice(b.title, b.payload, more=b.more) for b in message.buttons or ()]
    text, version = (message.text or "").strip(), (answer.version or "")[:MOST_VERSION] or None
    model = (answer.model or "")[:MOST_MODEL] or None
    return Reply("assistant", text, parts, choices, version=version, model=model)
