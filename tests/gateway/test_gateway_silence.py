"""Whatever Rasa does, the person gets an answer, and the next message works."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import httpx
import pytest
from fake_rasa import HELLO, FakeRasa
from sqlalchemy import text
from visitor import Visitor

pytestmark = pytest.mark.asyncio

SILENT: dict[str, Any] = {
    "empty list": [],
    "only empty messages": [{"recipient_id": "x"}, {"text": "  "}, {"text": None, "custom": {}}],
    "server error": 500,
    "not found": 404,
    "redirect": 302,
    "html": b"<h1>Bad gateway</h1>",
    "no bytes": b"",
    "half of JSON": b'[{"text": "Ol',
    "not UTF-8": b'[{"text": "\xff\xfe"}]',
    "null": b"null",
    "an object": {"text": "oi"},
    "a list of texts": ["oi"],
    "text is a number": [{"text": 5}],
    "button without payload": [{"text": "oi", "buttons": [{"title": "Sim"}]}],
    "progress of nothing": [{"text": "oi", "custom": {"progress": {"n": 0, "m": 0}}}],
    "nested too deep": b"[" * 100_000,
    "connection refused": httpx.ConnectError("refused"),
    "connection cut": httpx.RemoteProtocolError("cut"),
}


@pytest.mark.parametrize("fault", SILENT)
async def test_silence_is_answered_by_the_gateway(ana: Visitor, rasa: FakeRasa, fault: str) -> None:
    rasa.answer = SILENT[fault]
    (apology,) = await ana.say("os e-mails não chegam")
    assert apology["from"] == "system"
    assert "dificuldade técnica" in apology["text"]
    assert [c["label"] for c in apology["choices"]] == ["Tentar de novo"]

    rasa.answer = HELLO
    (answer,) = await ana.say("oi")
    assert answer["text"] == HELLO[0]["text"]


async def test_a_slow_rasa_is_given_up_in_time(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.delay = 5
    start = time.monotonic()
    (apology,) = await ana.say("oi")
    assert apology["from"] == "system"
    assert time.monotonic() - start < 0.5


async def test_waiting_in_line_counts_for_the_time_limit(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.delay = 5
    start = time.monotonic()
    turns = await asyncio.gather(*(ana.say(f"mensagem {n}") for n in range(4)))
    assert [turn[0]["from"] for turn in turns] == ["system"] * 4
    assert time.monotonic() - start < 0.6


async def test_trying_again_sends_the_same_turn(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = []
    (apology,) = await ana.say("/greet eu disse")
    (again,) = await ana.choose(apology["choices"][0]["id"])
    rasa.answer = HELLO
    (answer,) = await ana.choose(again["choices"][0]["id"])
    assert answer["text"] == HELLO[0]["text"]
    assert rasa.texts == ["barra greet eu disse"] * 3
    assert len({call["message_id"] for call in rasa.asked}) == 1


async def test_trying_again_repeats_a_choice(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = [{"text": "E aí?", "buttons": [{"title": "Sim", "payload": "/affirm"}]}]
    choice = (await ana.say("oi"))[0]["choices"][0]["id"]
    rasa.answer = 500
    (apology,) = await ana.choose(choice)
    rasa.answer = HELLO
    await ana.choose(apology["choices"][0]["id"])
    assert rasa.texts == ["oi", "/affirm", "/affirm"]


@pytest.mark.parametrize("typed", ["Tentar de novo", "tentar de novo.", "TENTAR DE NOVO!"])
async def test_trying_again_may_be_typed(ana: Visitor, rasa: FakeRasa, typed: str) -> None:
    rasa.answer = []
    await ana.say("os e-mails não chegam")
    rasa.answer = HELLO
    await ana.say(typed)
    assert rasa.texts == ["os e-mails não chegam"] * 2


async def test_trying_again_is_plain_text_where_nothing_failed(
    ana: Visitor, rasa: FakeRasa
) -> None:
    await ana.say("oi")
    await ana.say("tentar de novo")
    assert rasa.texts == ["oi", "tentar de novo"]


async def test_the_store_knows_what_failed(app: Any, ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = []
    await ana.say("primeira")
    rasa.answer = HELLO
    await ana.say("segunda")
    async with app.state.services.store._engine.connect() as db:
        rows = await db.execute(
            text("SELECT text, state FROM messages WHERE sender = 'user' ORDER BY seq")
        )
        assert [tuple(row) for row in rows] == [("primeira", "failed"), ("segunda", "done")]


async def test_a_store_that_fails_is_said_so_and_comes_back(
    app: Any, ana: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = app.state.services.store
    async with store._engine.begin() as db:
        await db.execute(text("ALTER TABLE messages RENAME TO away"))
    response = await ana.post({"id": "0b6c3f7e-96a0-4d5c-8a43-0c8e1c7a3b11", "text": "oi"})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "guardar sua mensagem" in response.json()["detail"]
    async with store._engine.begin() as db:
        await db.execute(text("ALTER TABLE away RENAME TO messages"))
    assert (await ana.say("oi"))[0]["from"] == "assistant"


async def test_logs_hold_ids_and_never_texts(
    ana: Visitor, rasa: FakeRasa, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="gateway")
    await ana.say("meu CPF é 123.456.789-00")
    rasa.answer = [{"text": "segredo", "buttons": [{"title": "resposta secreta"}]}]
    await ana.say("outra coisa secreta")
    assert ana.conversation in caplog.text
    for word in ("CPF", "123.456", "secret", "segredo"):
        assert word not in caplog.text


@pytest.mark.parametrize(
    ("answer", "actions_status", "status", "rasa_up", "actions_up"),
    [
        (HELLO, 200, 200, True, True),
        (HELLO, 500, 503, True, False),
        (httpx.ConnectError("refused"), 200, 503, False, True),
    ],
)
async def test_readiness_names_each_part(
    http: httpx.AsyncClient,
    rasa: FakeRasa,
    answer: Any,
    actions_status: int,
    status: int,
    rasa_up: bool,
    actions_up: bool,
) -> None:
    rasa.answer, rasa.actions_status = answer, actions_status
    response = await http.get("/readyz")
    assert response.status_code == status
    assert response.json() == {"rasa": rasa_up, "actions": actions_up, "store": True}
    assert (await http.get("/healthz")).status_code == 200
