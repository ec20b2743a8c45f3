"""What comes in is stored once and answered once, in order."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fake_rasa import FakeRasa, echo
from fastapi import FastAPI
from gateway_support import ON_BOTH, QUICK
from sqlalchemy import text
from visitor import Visitor, arrive, until, until_true

from gateway.settings import Pace

pytestmark = ON_BOTH


async def query(app: FastAPI, sql: str) -> list[tuple[Any, ...]]:
    async with app.state.services.store.database.reading() as db:
        return [tuple(row) for row in await db.execute(text(sql))]


async def test_acceptance_tells_the_number_and_the_state(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.delay = 0.05
    id = str(uuid4())
    response = await ana.post({"id": id, "text": " oi "})
    assert response.status_code == 202
    message = response.json()["message"]
    assert message.pop("at").endswith("Z")
    assert message == {"seq": 1, "from": "user", "text": "oi", "id": id, "state": "pending"}


async def test_it_is_stored_before_it_is_acknowledged(
    app: FastAPI, ana: Visitor, rasa: FakeRasa
) -> None:
    rasa.delay = 5
    await ana.send("guarde isto")
    assert await query(app, "SELECT text, state FROM messages") == [("guarde isto", "pending")]


async def test_a_repeat_is_answered_with_the_first(ana: Visitor, rasa: FakeRasa) -> None:
    id = str(uuid4())
    first = await ana.send("oi", id)
    answers = await ana.answers(first["seq"])
    for repeat in ({"id": id, "text": "oi"}, {"id": id.upper(), "text": "outro texto"}):
        response = await ana.post(repeat)
        assert response.status_code == 200
        assert response.json()["message"] == first | {"state": "done"}
    assert rasa.texts == ["oi"]
    assert await ana.history() == [first | {"state": "done"}, *answers]


async def test_repeats_at_once_are_stored_once(ana: Visitor, rasa: FakeRasa) -> None:
    body = {"id": str(uuid4()), "text": "oi"}
    found = await asyncio.gather(*(ana.post(body) for _ in range(8)))
    assert sorted(response.status_code for response in found) == [200] * 7 + [202]
    assert {response.json()["message"]["seq"] for response in found} == {1}
    await ana.answers(1)
    assert rasa.texts == ["oi"]


async def test_a_repeat_of_a_refused_choice_is_refused_again(ana: Visitor) -> None:
    body = {"id": str(uuid4()), "choice": "x"}
    assert [(await ana.post(body)).status_code for _ in range(2)] == [422, 422]
    assert (await ana.send("oi", body["id"]))["seq"] == 1


async def test_twenty_quick_messages_are_answered_in_order(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer, rasa.delay = echo, 0.002
    said = [f"mensagem {n}" for n in range(20)]
    sent = [await ana.send(text) for text in said]
    await ana.answers(sent[-1]["seq"])
    assert rasa.texts == rasa.finished == said
    assert rasa.most_at_once == 1
    history = await ana.history()
    assert [message["seq"] for message in history] == list(range(1, 41))
    answers = [message for message in history if message["from"] == "assistant"]
    assert [message["text"] for message in answers] == [f"eco: {text}" for text in said]
    assert [message["reply_to"] for message in answers] == [one["seq"] for one in sent]


async def test_messages_at_once_are_answered_in_the_order_of_their_numbers(
    ana: Visitor, rasa: FakeRasa
) -> None:
    rasa.answer = echo
    sent = await asyncio.gather(*(ana.send(f"mensagem {n}") for n in range(20)))
    in_order = sorted(sent, key=lambda message: message["seq"])
    await ana.answers(in_order[-1]["seq"])
    assert rasa.texts == [message["text"] for message in in_order]


async def test_so_many_conversations_at_once(
    app: FastAPI, http: httpx.AsyncClient, rasa: FakeRasa
) -> None:
    rasa.answer, rasa.delay = echo, 0.05
    app.state.services.engine._consumer._slots = asyncio.Semaphore(3)
    visitors = [await arrive(http) for _ in range(9)]
    await asyncio.gather(*(one.send(one.conversation) for one in visitors))
    await until_true(lambda: len(rasa.finished) == 9)
    answers = [await one.answers(1) for one in visitors]
    assert [one[0]["text"] for one in answers] == [f"eco: {one.conversation}" for one in visitors]
    assert rasa.most_at_once == 3


async def test_nothing_is_left_behind_when_all_is_answered(app: FastAPI, ana: Visitor) -> None:
    await ana.say("oi")
    columns = "waiting, leased_by, leased_until, retry_at, last_seq"
    assert await query(app, f"SELECT {columns} FROM conversations") == [(0, None, None, None, 2)]
    await until_true(lambda: not app.state.services.engine._consumer._running)


class TestWoken:
    """Nothing waits for the next look into the store."""

    @pytest.fixture
    def pace(self) -> Pace:
        return replace(QUICK, poll=60.0, follow=60.0)

    async def test_what_comes_while_the_last_turn_ends_is_answered(
        self, app: FastAPI, ana: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        work = app.state.services.engine._consumer._work
        answer = work.answer

        async def and_then_another_comes(*settled: Any) -> Any:
            following = await answer(*settled)
            monkeypatch.undo()
            await ana.send("segunda")
            return following

        monkeypatch.setattr(work, "answer", and_then_another_comes)
        await ana.send("primeira")

        async def both() -> bool:
            return [one["seq"] for one in await ana.history() if "reply_to" in one] == [2, 4]

        assert await until(both)


async def test_a_turn_under_way_cannot_write_back_what_was_erased(
    app: FastAPI, ana: Visitor, rasa: FakeRasa
) -> None:
    rasa.delay = 0.1
    await ana.send("meu segredo")
    await until_true(lambda: rasa.asked)
    assert (await ana.http.delete("/api/v1/me", headers=ana.headers)).status_code == 202
    await until_true(lambda: rasa.finished)
    await until_true(lambda: not app.state.services.engine._consumer._running)
    for table in ("messages", "choices", "conversations", "visitors", "sessions"):
        assert await query(app, f"SELECT count(*) FROM {table}") == [(0,)]
