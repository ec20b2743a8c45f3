"""Turns: once, in order, with choices that say nothing of what they stand for."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from fake_rasa import FakeRasa
from gateway_support import ON_BOTH
from ulid import ULID
from visitor import Visitor, until_true

pytestmark = ON_BOTH

pytestmark = pytest.mark.asyncio

GUIDE: list[dict[str, Any]] = [
    {"text": "Vamos ver por que os e-mails não chegam."},
    {
        "text": "Faça o teste da caixa.",
        "buttons": [
            {"title": "Resolveu", "payload": '/choose{"option": "12.resolved"}'},
            {"title": "Não resolveu", "payload": '/choose{"option": "12.not_resolved"}'},
            {"title": "Parar", "payload": '/choose{"option": "12.stop"}', "more": True},
        ],
        "custom": {
            "progress": {"n": 2, "m": 4, "title": "Teste"},
            "menu": ["Administrador", "E-mail"],
            "articles": [{"title": "Demora", "url": "https://wiki.example/1", "link": "search"}],
            "copy": "Por favor, teste a caixa.",
            "done": [{"title": "Teste da caixa", "outcome": "não resolveu"}],
            "case": 12,
        },
    },
]


async def test_a_message_reaches_rasa_with_our_ids_and_the_page(
    ana: Visitor, rasa: FakeRasa
) -> None:
    await ana.say("oi", page="E-mail > Caixas")
    (call,) = rasa.asked
    assert call["sender"] == ana.conversation
    assert call["message"] == "oi"
    assert ULID.from_str(call["message_id"])
    assert call["metadata"]["page"] == "E-mail > Caixas"
    assert len(call["metadata"]["request_id"]) >= 8


async def test_answers_carry_every_part_and_opaque_choices(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = GUIDE
    first, second = await ana.say("os e-mails não chegam")
    assert (first["seq"], first["from"], first["text"]) == (2, "assistant", GUIDE[0]["text"])
    assert "choices" not in first
    assert [(c["label"], c["more"]) for c in second["choices"]] == [
        ("Resolveu", False),
        ("Não resolveu", False),
        ("Parar", True),
    ]
    assert {key: second[key] for key in GUIDE[1]["custom"]} == GUIDE[1]["custom"]


async def test_payloads_never_leave(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = GUIDE
    answered = await ana.post({"id": str(uuid4()), "text": "os e-mails não chegam"})
    await ana.answers(1)
    read = await ana.http.get("/api/v1/messages", headers=ana.headers)
    for response in (answered, read):
        assert "choose" not in response.text
        assert "resolved" not in response.text


async def test_choice_ids_are_random(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = GUIDE
    ids = {c["id"] for _ in range(3) for c in (await ana.say("oi"))[1]["choices"]}
    assert len(ids) == 9
    assert all(len(one) >= 20 for one in ids)


async def test_a_choice_sends_its_payload_and_shows_its_label(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = GUIDE
    choice = (await ana.say("oi"))[1]["choices"][1]
    await ana.choose(choice["id"])
    assert rasa.texts[-1] == '/choose{"option": "12.not_resolved"}'
    mine = [m for m in await ana.history() if m["from"] == "user"]
    assert mine[-1]["text"] == "Não resolveu"
    assert mine[-1]["choice"] == choice["id"]


async def test_a_choice_of_an_older_message_is_sent_all_the_same(
    ana: Visitor, rasa: FakeRasa
) -> None:
    rasa.answer = GUIDE
    old = (await ana.say("oi"))[1]["choices"][0]["id"]
    await ana.say("e agora?")
    await ana.choose(old)
    assert rasa.texts[-1] == '/choose{"option": "12.resolved"}'


@pytest.mark.parametrize("choice", ["", "x", "' OR 1=1 --", "../..", "a" * 64, "é\u200b", "/greet"])
async def test_an_unknown_choice_is_refused_in_portuguese(
    ana: Visitor, rasa: FakeRasa, choice: str
) -> None:
    response = await ana.post({"id": str(uuid4()), "choice": choice})
    assert response.status_code == 422
    assert "opção" in response.json()["detail"]
    assert rasa.asked == []
    assert await ana.history() == []


@pytest.mark.parametrize("text", ["2", "Não resolveu", "nao rezolveu"])
async def test_typed_numbers_and_labels_are_left_to_the_core(
    ana: Visitor, rasa: FakeRasa, text: str
) -> None:
    rasa.answer = GUIDE
    await ana.say("oi")
    await ana.say(text)
    assert rasa.texts[-1] == text


async def test_a_repeated_id_is_answered_once(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = GUIDE
    id = str(uuid4())
    first = await ana.say("oi", id)
    assert await ana.say("oi", id) == first
    assert await ana.say("outro texto", id.upper()) == first
    assert rasa.texts == ["oi"]
    assert len(await ana.history()) == 3


async def test_conversations_do_not_wait_for_each_other(
    ana: Visitor, bia: Visitor, rasa: FakeRasa
) -> None:
    rasa.delay = 5
    await ana.send("oi")
    await bia.send("oi")
    await until_true(lambda: rasa.most_at_once == 2)


async def test_history_is_read_after_a_number(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = GUIDE
    id = str(uuid4())
    answers = await ana.say("oi", id)
    history = await ana.history()
    assert history[0]["from"] == "user"
    assert history[0]["id"] == id
    assert history[0]["at"].endswith("Z")
    assert history[1:] == answers
    assert await ana.history(after=2) == answers[1:]
    assert await ana.history(after=99) == []
