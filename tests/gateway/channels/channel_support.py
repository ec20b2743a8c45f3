"""What the tests of both channels share: texts, stored messages, and the core's own ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from assistant.dialogue.messages import Message
from assistant.settings import Settings
from gateway.channels.texts import load_channel_texts
from gateway.conversation.guesser import Guess
from gateway.conversation.guides import Guides
from gateway.schemas import OutgoingMessage
from gateway.texts import load_texts
from tests.guides.test_at_each_check import CHECKS, arrive
from tests.guides.test_every_guide import SITUATIONS, WAYS, walk
from tests.support.conversation import Conversation, responses

TEXTS = load_channel_texts()
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Meanings that lead to messages outside a guide.
ELSEWHERE = [
    "greet", "thanks", "goodbye", "insult", "bot_challenge", "help", "privacy",
    "other_language", "out_of_scope", "unsure", "nlu_fallback", "praise", "complaint",
    "affirm", "deny", "resume", "start_over", "person", "repeat", "skip", "articles", "stop",
]  # fmt: skip


def stored(text: str = "", seq: int = 7, **parts: Any) -> OutgoingMessage:
    """A message as the store gives it; `labels` (and `more` ones) become choices."""
    labels, more = parts.pop("labels", []), parts.pop("more", [])
    choices = [
        {"id": f"choice{seq:04}{i:04}".ljust(22, "x"), "label": label, "more": label in more}
        for i, label in enumerate([*labels, *more])
    ]
    fields = {"seq": seq, "from": "assistant", "text": text, "at": AT, "choices": choices or None}
    return OutgoingMessage.model_validate({**fields, **parts})


def outgoing(message: Message) -> OutgoingMessage:
    """A message of the core as it is stored once Rasa has sent it."""
    text = responses()[message.response].format(**{"before": "", "after": "", **message.values})
    buttons = message.buttons()
    return stored(
        text.strip(),
        labels=[b["title"] for b in buttons if not b["more"]],
        more=[b["title"] for b in buttons if b["more"]],
        **message.parts.custom(),
    )


@lru_cache(maxsize=1)
def every_message() -> list[OutgoingMessage]:
    """Every different message that a guide, what surrounds it, or the fallback produces."""
    found = {json.dumps(m.wire(), sort_keys=True): m for m in [*_said(), *_meanwhile()]}
    return list(found.values())


def _said() -> Iterator[OutgoingMessage]:
    for conversation in _conversations():
        yield from map(outgoing, conversation.messages)


def _conversations() -> Iterator[Conversation]:
    """Every way to its end; every option at each check, and after those at a guide's first."""
    for name, ways in WAYS.items():
        for way in ways:
            yield from walk(name, way)
    for name, check in CHECKS:
        for option in arrive(name, check).options:
            user = arrive(name, check)
            user.press(option.id)
            yield user
            if check == SITUATIONS[name].checks[0].id:
                yield from _second(name, check, option.id)
    for meaning in ELSEWHERE:
        user = Conversation()
        user.mean(meaning)
        yield user


def _second(name: str, check: str, first: str) -> Iterator[Conversation]:
    user = arrive(name, check)
    user.press(first)
    for option in user.options:
        user = arrive(name, check)
        user.press(first)
        user.press(option.id)
        yield user


def _meanwhile() -> Iterator[OutgoingMessage]:
    """What stands in for an answer, in each guide and for each situation's own words."""
    guides = Guides(Settings(), load_texts())
    for name, situation in SITUATIONS.items():
        others = tuple(SITUATIONS)[:2]
        articles = Guess(articles=situation.articles)
        guesses = Guess((name,)), Guess((name, *others)), articles, Guess()
        asked = [guides.replies("Aviso.", None, guess) for guess in guesses]
        asked += [
            guides.replies("Aviso.", {"situation": name, "check": check.id}, Guess())
            for check in situation.checks
        ]
        for reply in (reply for replies in asked for reply in replies):
            yield stored(reply.text, fallback=True, **{"from": reply.sender}, **reply.parts)
