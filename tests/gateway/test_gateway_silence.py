"""Whatever Rasa does, the person gets a word, and the next message works."""

from __future__ import annotations

import logging
import time
from typing import Any

import httpx
import pytest
from fake_rasa import HELLO, FakeRasa, answered
from fastapi import FastAPI
from gateway_support import QUICK
from sqlalchemy import text
from visitor import Visitor, until

FAULTY: dict[str, Any] = {
    "empty list": [],
    "only empty messages": [{"recipient_id": "x"}, {"text": "  "}, {"text": None, "custom": {}}],
    "server error": 500,
    "not found": 404,
    "redirect": 302,
    "html": b"<h1>Bad gateway</h1>",
    "no bytes": b"",
    "half of JSON": b'{"messages": [{"text": "Ol',
    "not UTF-8": b'{"messages": [{"text": "\xff\xfe"}], "stored": true}',
    "null": b"null",
    "a list": b'[{"text": "oi"}]',
    "a list of texts": ["oi"],
    "text is a number": [{"text": 5}],
    "button without payload": [{"text": "oi", "buttons": [{"title": "Sim"}]}],
    "progress of nothing": [{"text": "oi", "custom": {"progress": {"n": 0, "m": 0}}}],
    "nested too deep": b"[" * 100_000,
    "nothing about storing": {"messages": HELLO},
    "not stored": answered(HELLO, stored=False),
    "connection cut": httpx.RemoteProtocolError("cut"),
    "connection lost while reading": httpx.ReadError("reset"),
    "a fault of ours": ValueError("x"),
}


async def of_user(app: FastAPI, *columns: str) -> list[tuple[Any, ...]]:
    """Return columns of the user's messages, in order."""
    query = f"SELECT {', '.join(columns)} FROM messages WHERE sender = 'user' ORDER BY seq"
    async with app.state.services.store.database.reading() as db:
        return [tuple(row) for row in await db.execute(text(query))]


@pytest.mark.parametrize("fault", FAULTY)
async def test_after_three_failures_a_message_is_set_aside(
    app: FastAPI, ana: Visitor, rasa: FakeRasa, fault: str
) -> None:
    rasa.answer = FAULTY[fault]
    calls = len(rasa.asked)
    said = await ana.say("os e-mails não chegam")
    assert {message["from"] for message in said} == {"system"}
    assert [choice["label"] for choice in said[-1]["choices"]] == ["Tentar de novo"]
    assert not any("choices" in message for message in said[:-1])
    assert (await ana.history())[0]["state"] == "set_aside"
    ((attempts, kind),) = await of_user(app, "attempts", "fault")
    assert attempts == 3
    assert kind
    if rasa.asked:
        assert len(rasa.asked) - calls == 3
        assert len({call["message_id"] for call in rasa.asked}) == 1

    rasa.answer = HELLO
    (answer,) = await ana.say("oi")
    assert answer["text"] == HELLO[0]["text"]
    assert "late" not in answer


@pytest.mark.parametrize(
    ("away", "reason"),
    [
        (httpx.ConnectError("refused"), "rasa"),
        (httpx.ConnectTimeout("x"), "rasa"),
        (503, "model"),
        (("actions", []), "actions"),
        (("actions", 500), "actions"),
    ],
)
async def test_what_is_away_is_awaited_and_not_counted(
    app: FastAPI, ana: Visitor, rasa: FakeRasa, away: Any, reason: str
) -> None:
    rasa.answer = away
    if isinstance(away, tuple):
        rasa.actions_status, rasa.answer = 500, away[1]
    sent = await ana.send("oi")

    async def tried() -> bool:
        return (await of_user(app, "fault")) == [(reason,)]

    await until(tried)
    rasa.answer, rasa.actions_status = HELLO, 200
    answers = await ana.answers(sent["seq"])
    assert answers[-1]["text"] == HELLO[0]["text"]
    assert await of_user(app, "state", "attempts", "fault") == [("done", 0, None)]


async def test_what_stays_away_is_given_up_after_a_while(
    app: FastAPI, ana: Visitor, rasa: FakeRasa
) -> None:
    rasa.answer = httpx.ConnectError("refused")
    started = time.monotonic()
    said = await ana.say("oi")
    assert time.monotonic() - started >= QUICK.keep
    assert said[-1]["choices"]
    assert await of_user(app, "state", "attempts", "fault") == [("set_aside", 0, "rasa")]


async def test_failing_once_or_twice_is_no_matter(ana: Visitor, rasa: FakeRasa) -> None:
    outcomes = iter([500, [], HELLO])
    rasa.answer = lambda _: next(outcomes)
    (*_, answer) = await ana.say("oi")
    assert answer["text"] == HELLO[0]["text"]
    assert len({call["message_id"] for call in rasa.asked}) == 1


async def test_what_rasa_answered_before_is_an_answer(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = answered(HELLO, repeated=True)
    assert [message["text"] for message in await ana.say("oi")] == [HELLO[0]["text"]]


async def test_a_store_that_fails_is_said_so_and_comes_back(app: FastAPI, ana: Visitor) -> None:
    database = app.state.services.store.database
    async with database.writing() as db:
        await db.execute(text("ALTER TABLE messages RENAME TO away"))
    response = await ana.post({"id": "0b6c3f7e-96a0-4d5c-8a43-0c8e1c7a3b11", "text": "oi"})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "guardar sua mensagem" in response.json()["detail"]
    async with database.writing() as db:
        await db.execute(text("ALTER TABLE away RENAME TO messages"))
    assert (await ana.say("oi"))[0]["from"] == "assistant"


async def test_logs_hold_ids_and_never_texts(
    ana: Visitor, rasa: FakeRasa, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="gateway")
    await ana.say("meu CPF é 123.456.789-00")
    rasa.answer = [{"text": "segredo", "buttons": [{"title": "resposta secreta"}]}]
    await ana.say("outra coisa secreta")
    assert rasa.asked[0]["message_id"] in caplog.text
    for word in ("CPF", "123.456", "secret", "segredo"):
        assert word not in caplog.text
