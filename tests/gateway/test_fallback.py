"""What is said without Rasa."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from assistant.knowledge import Knowledge, load_knowledge
from assistant.settings import Settings
from gateway.conversation import fallback as module
from gateway.conversation.fallback import Fallback
from gateway.conversation.guesser import Guess, Guesser
from gateway.schemas import Parts
from gateway.store import Reply
from gateway.texts import load_texts


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load_knowledge(Settings().knowledge_dir)


@pytest.fixture
def made() -> Fallback:
    return Fallback(load_texts())


def guessing(guess: Guess) -> Fallback:
    class Sure(Guesser):
        async def guess(self, words: str) -> Guess:
            return guess

    return Fallback(load_texts(), Sure())


def titles(replies: Sequence[Reply]) -> list[str]:
    return [reply.text.partition("\n")[0].strip("*") for reply in replies[1:]]


def links(replies: Sequence[Reply]) -> list[dict[str, Any]]:
    return [link for reply in replies for link in reply.parts.get("articles", [])]


async def test_every_guide_goes_on_from_every_check(made: Fallback, known: Knowledge) -> None:
    for situation in known.situations.values():
        for place, check in enumerate(situation.checks):
            guide = {"situation": situation.id, "check": check.id}
            replies = await made.replies("Abertura.", "oi", guide)
            left = [one.title for one in situation.checks[place:]]
            assert titles(replies) == left[:4]
            assert replies[0].text.startswith("Abertura. ")
            for reply in replies:
                assert reply.sender == "system"
                assert reply.mark == "fallback"
                Parts.model_validate(reply.parts)
            assert links(replies)[-1]["link"] == "source"


@pytest.mark.parametrize("check", [None, "no_such_check"])
async def test_a_guide_without_a_check_is_shown_from_its_begin(
    made: Fallback, known: Knowledge, check: str | None
) -> None:
    guide = {"situation": "email_rules", "check": check}
    first = known.situations["email_rules"].checks[0]
    assert titles(await made.replies("x", "oi", guide))[0] == first.title


async def test_menu_paths_are_parts(made: Fallback, known: Knowledge) -> None:
    replies = await made.replies("x", "", {"situation": "email_send_receive", "check": None})
    checks = known.situations["email_send_receive"].checks
    assert [reply.parts.get("menu", []) for reply in replies[1:]] == [
        list(check.menu) for check in checks[:4]
    ]


async def test_the_situation_that_is_guessed_is_named_and_shown(known: Knowledge) -> None:
    situation = known.situations["email_send_receive"]
    replies = await guessing(Guess((situation.id,))).replies("x", "não chegam", None)
    assert situation.title in replies[0].text
    assert titles(replies) == [check.title for check in situation.checks][:4]


async def test_of_several_each_is_begun(known: Knowledge) -> None:
    possible = [known.situations[id] for id in ("email_rules", "slowness")]
    replies = await guessing(Guess(tuple(one.id for one in possible))).replies("x", "a", None)
    assert titles(replies) == [one.title for one in possible]
    for reply, one in zip(replies[1:], possible, strict=True):
        assert one.checks[0].text in reply.text
        Parts.model_validate(reply.parts)
    assert links(replies)[-1]["link"] == "source"


async def test_else_articles(known: Knowledge) -> None:
    article = next(iter(known.articles.values()))
    (reply,) = await guessing(Guess(articles=(article.id,))).replies("x", "a", None)
    assert article.title in [link["title"] for link in links([reply])]
    assert reply.mark == "fallback"


async def test_within_a_guide_nothing_is_guessed(known: Knowledge) -> None:
    guide = {"situation": "email_rules", "check": None}
    replies = await guessing(Guess(("slowness",))).replies("x", "a", guide)
    assert titles(replies)[0] == known.situations["email_rules"].checks[0].title


@pytest.mark.parametrize("words", ["", "xyzzy plugh", "🙂", "\u202e"])
@pytest.mark.parametrize("guide", [None, {"situation": "no_such", "check": None}])
async def test_else_what_is_covered(
    made: Fallback, known: Knowledge, words: str, guide: dict[str, Any] | None
) -> None:
    (reply,) = await made.replies("x", words, guide)
    for topic in known.modules():
        assert topic in reply.text


async def test_without_knowledge_the_opening_is_said(
    made: Fallback, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise ValueError("x")

    monkeypatch.setattr(module, "_load", broken)
    (reply,) = await made.replies("Abertura.", "oi", None)
    assert (reply.text, reply.mark) == ("Abertura.", "fallback")


async def test_nobody_waits_long_for_the_knowledge_which_is_loaded_once(
    made: Fallback, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, loads, go_on = module._load(load_texts()), [], threading.Event()

    def slow(_: object) -> object:
        loads.append(1)
        go_on.wait(5)
        return loaded

    monkeypatch.setattr(module, "_load", slow)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
    guide = {"situation": "email_rules", "check": None}
    both = await asyncio.gather(*(made.replies("Abertura.", "oi", guide) for _ in range(2)))
    assert [[reply.text for reply in replies] for replies in both] == [["Abertura."]] * 2
    go_on.set()
    async with asyncio.timeout(5):
        while len(await made.replies("x", "oi", guide)) == 1:
            await asyncio.sleep(0.002)
    assert len(loads) == 1
