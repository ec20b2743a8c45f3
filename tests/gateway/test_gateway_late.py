"""An answer that is late or does not come: what the person is shown meanwhile, and after."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import AsyncMock

import httpx
import pytest
from fake_rasa import HELLO, FakeRasa, answered
from fastapi import FastAPI
from gateway_support import ON_BOTH, QUICK
from visitor import Visitor, arrive, until, until_true

from gateway.app import create_app
from gateway.conversation.fallback import Fallback
from gateway.conversation.guesser import Guess
from gateway.settings import Pace, Settings

pytestmark = ON_BOTH


@pytest.mark.usefixtures("guessed")
class TestSlow:
    """A turn may take longer than a person waits without a word."""

    @pytest.fixture
    def pace(self) -> Pace:
        return replace(QUICK, fallback=0.05, turn=2.0)

    async def test_an_answer_after_the_fallback_is_late(self, ana: Visitor, rasa: FakeRasa) -> None:
        rasa.delay = 0.5
        said = await ana.say("os e-mails não chegam")
        fallback = [message for message in said if message.get("fallback")]
        assert {message["from"] for message in fallback} == {"system"}
        assert any(message.get("menu") for message in fallback)
        assert said[-1]["text"] == HELLO[0]["text"]
        assert said[-1]["late"] is True
        assert "fallback" not in said[-1]
        assert len(rasa.asked) == 1

    async def test_it_is_made_once_and_ahead(
        self, settings: Settings, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        guesses = AsyncMock(return_value=Guess())
        monkeypatch.setattr(Fallback, "_guess", guesses)
        slow = replace(settings, pace=replace(QUICK, fallback=1.0))
        app = create_app(slow, rasa.transport())
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://g") as http:
                ana = await arrive(http)
                rasa.delay = 1.5
                sent = await ana.send("os e-mails não chegam")
                await until_true(lambda: guesses.await_count)
                assert len(await ana.history()) == 1
                answers = await ana.answers(sent["seq"])
        assert [message.get("fallback") for message in answers] == [True, None]
        assert guesses.await_count == 1

    async def test_while_it_takes_the_message_is_pending(
        self, ana: Visitor, rasa: FakeRasa
    ) -> None:
        rasa.delay = 1.0
        sent = await ana.send("os e-mails não chegam")
        await until_true(lambda: rasa.asked)

        async def fell_back() -> bool:
            return any(message.get("fallback") for message in await ana.history())

        await until(fell_back)
        found = await ana.read()
        assert found["working"] is True
        assert found["messages"][0]["state"] == "pending"
        await ana.answers(sent["seq"])
        assert (await ana.read())["working"] is False

    async def test_who_waits_behind_another_gets_a_fallback_too(
        self, app: FastAPI, ana: Visitor, rasa: FakeRasa
    ) -> None:
        rasa.delay = 0.5
        first, second = await ana.send("os e-mails não chegam"), await ana.send("e agora?")
        answers = await ana.answers(second["seq"])
        assert answers[0]["fallback"] is True
        assert not any(message.get("menu") for message in answers)  # that was said just before
        assert len(await ana.answers(first["seq"])) > 2
        assert answers[-1]["late"] is True

    async def test_there_is_one_fallback_only(
        self, app: FastAPI, ana: Visitor, rasa: FakeRasa
    ) -> None:
        rasa.delay = 0.4
        said = await ana.say("xyzzy plugh")
        assert len([message for message in said if message.get("fallback")]) == 1


@pytest.mark.usefixtures("guessed")
class TestGivenUpAfterAFallback:
    """Three tries that each take their time: the guide is shown once."""

    @pytest.fixture
    def pace(self) -> Pace:
        return replace(QUICK, fallback=0.05, turn=0.1)

    async def test_the_guide_is_not_repeated(self, ana: Visitor, rasa: FakeRasa) -> None:
        rasa.delay = 5
        said = await ana.say("os e-mails não chegam")
        checks = [message["text"] for message in said if message.get("menu")]
        assert len(checks) == len(set(checks)) > 0
        assert said[-1]["choices"]
        assert "menu" not in said[-1]
        assert "fallback" not in said[-1]


async def test_a_guide_that_is_open_goes_on_in_the_fallback(ana: Visitor, rasa: FakeRasa) -> None:
    guide = {"situation": "email_send_receive", "check": "servicos"}
    rasa.answer = answered(HELLO, guide=guide)
    await ana.say("os e-mails não chegam")
    rasa.answer = 500
    said = await ana.say("feito")
    titles = [message["text"].split("\n")[0] for message in said]
    assert "**Serviços de leitura e envio**" in titles
    assert "**Teste de recebimento e envio**" not in titles


async def test_a_guide_that_was_closed_does_not(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = answered(HELLO, guide={"situation": "email_send_receive", "check": None})
    await ana.say("os e-mails não chegam")
    rasa.answer = answered(HELLO, guide=None)
    await ana.say("resolveu")
    rasa.answer = 500
    assert not any(message.get("menu") for message in await ana.say("xyzzy"))


async def test_trying_again_sends_the_same_turn(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = []
    first = await ana.say("/greet eu disse")
    again = await ana.choose(first[-1]["choices"][0]["id"])
    rasa.answer = HELLO
    (answer,) = await ana.choose(again[-1]["choices"][0]["id"])
    assert answer["text"] == HELLO[0]["text"]
    assert rasa.texts == ["barra greet eu disse"] * 7
    assert len({call["message_id"] for call in rasa.asked}) == 1
    states = [m["state"] for m in await ana.history() if m["from"] == "user"]
    assert states == ["set_aside", "set_aside", "done"]


async def test_trying_again_repeats_a_choice(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = [{"text": "E aí?", "buttons": [{"title": "Sim", "payload": "/affirm"}]}]
    choice = (await ana.say("oi"))[0]["choices"][0]["id"]
    rasa.answer = 500
    said = await ana.choose(choice)
    rasa.answer = HELLO
    await ana.choose(said[-1]["choices"][0]["id"])
    assert rasa.texts == ["oi", *["/affirm"] * 4]


@pytest.mark.parametrize("typed", ["Tentar de novo", "tentar de novo.", "TENTAR DE NOVO!"])
async def test_trying_again_may_be_typed(ana: Visitor, rasa: FakeRasa, typed: str) -> None:
    rasa.answer = []
    await ana.say("os e-mails não chegam")
    rasa.answer = HELLO
    await ana.say(typed)
    assert rasa.texts == ["os e-mails não chegam"] * 4


async def test_trying_again_is_plain_text_where_nothing_failed(
    ana: Visitor, rasa: FakeRasa
) -> None:
    await ana.say("oi")
    await ana.say("tentar de novo")
    assert rasa.texts == ["oi", "tentar de novo"]
