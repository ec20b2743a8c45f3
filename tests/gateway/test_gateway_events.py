"""Streams of events: nothing twice, nothing missing, wherever one resumes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest
from ear import Ear
from fake_rasa import HELLO, FakeRasa, echo
from fastapi import FastAPI
from gateway_support import ON_BOTH, QUICK
from sqlalchemy import text
from visitor import Visitor

from gateway.settings import Pace
from gateway.store.history import MOST_AT_ONCE
from gateway.store.messages import add_replies, advance
from gateway.store.values import Reply

pytestmark = ON_BOTH


async def test_what_was_said_and_what_is_said(ana: Visitor, rasa: FakeRasa) -> None:
    await ana.say("oi")
    before = await ana.history()
    async with ana.listen() as ear:
        assert ear.status == 200
        assert await ear.messages(2) == before
        held, event = await ear.next(), await ear.next()
        assert held and event
        assert (held.kind, held.id) == ("held", None)
        assert held.data == {"by": "assistant", "name": None, "case": None}
        assert (event.kind, event.id) == ("working", None)
        assert event.data == {"working": False, "note": None}

        rasa.delay = 0.02
        sent = await ana.send("e agora?")
        assert await ear.messages(1) == [sent]
        assert (await ear.next()).data == {"working": True, "note": None}  # type: ignore[union-attr]
        state, answer, working = [await ear.next() for _ in range(3)]
        assert state and answer and working
        assert (state.kind, state.id, state.data) == ("state", None, {"seq": 3, "state": "done"})
        assert (answer.kind, answer.id, answer.data["reply_to"]) == ("message", 4, 3)
        assert working.data == {"working": False, "note": None}


async def test_a_second_tab_sees_what_the_first_sends(ana: Visitor) -> None:
    async with ana.listen() as first, ana.listen() as second:
        await ana.say("oi")
        assert await first.messages(2) == await second.messages(2)


async def test_others_hear_nothing_of_it(ana: Visitor, bia: Visitor) -> None:
    async with bia.listen() as ear:
        await ana.say("segredo")
        await bia.say("oi")
        assert [message["text"] for message in await ear.messages(2)] == ["oi", HELLO[0]["text"]]
        assert "segredo" not in ear.raw


async def test_resuming_from_every_number(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = echo
    for n in range(4):
        await ana.say(f"mensagem {n}")
    whole = await ana.history()
    for after in range(9):
        async with ana.listen(after) as ear:
            sent = await ana.send("mais uma")
            found = await ear.messages(len(whole) - after + 2)
        assert found[-2] == sent
        whole = await ana.history()
        seqs = [message["seq"] for message in found]
        assert seqs == list(range(after + 1, len(whole) + 1))


async def test_the_number_may_stand_in_the_address(app: FastAPI, ana: Visitor) -> None:
    await ana.say("oi")
    async with Ear(app, ana.headers, "after=1") as ear:
        assert (await ear.messages(1))[0]["seq"] == 2


async def test_a_stream_that_breaks_again_and_again_loses_nothing(
    ana: Visitor, rasa: FakeRasa
) -> None:
    """Messages come at all times while a listener comes and goes."""
    rasa.answer, rasa.delay = echo, 0.002

    async def talk() -> None:
        for n in range(15):
            await ana.send(f"mensagem {n}")

    talking = asyncio.create_task(talk())
    heard: list[int] = []
    while len(heard) < 30:
        async with ana.listen(heard[-1] if heard else 0) as ear:
            take = 1 + len(heard) % 4
            heard += [message["seq"] for message in await ear.messages(min(take, 30 - len(heard)))]
    await talking
    assert heard == list(range(1, 31))


async def test_a_long_history_comes_in_pieces(app: FastAPI, ana: Visitor) -> None:
    await ana.say("oi")
    many = [Reply("assistant", f"mensagem {n}") for n in range(2 * MOST_AT_ONCE)]
    async with app.state.services.store.database.writing() as db:
        owner = await db.scalar(text("SELECT id FROM messages WHERE seq = 1"))
        last = await advance(db, ana.conversation, len(many))
        assert last
        await add_replies(db, ana.conversation, owner, last, many)
    async with ana.listen() as ear:
        assert [m["seq"] for m in await ear.messages(last)] == list(range(1, last + 1))
    first = await ana.read()
    assert (len(first["messages"]), first["last"]) == (MOST_AT_ONCE, last)
    few = await ana.read(after=5, limit=3)
    assert [message["seq"] for message in few["messages"]] == [6, 7, 8]


async def test_a_state_that_changed_while_nobody_listened(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.delay = 0.02
    async with ana.listen() as ear:
        sent = await ana.send("oi")
        assert (await ear.messages(1))[0]["state"] == "pending"
    await ana.answers(sent["seq"])
    async with ana.listen(after=1) as ear:
        event = await ear.next()
        assert event
        assert (event.kind, event.data) == ("state", {"seq": 1, "state": "done"})


async def test_numbers_from_a_store_that_is_gone_begin_anew(ana: Visitor) -> None:
    await ana.say("oi")
    async with ana.listen(after=77) as ear:
        assert [message["seq"] for message in await ear.messages(2)] == [1, 2]


class TestNote:
    """A word after a while."""

    @pytest.fixture
    def pace(self) -> Pace:
        return replace(QUICK, note=1.0, fallback=2.0)

    async def test_the_note_comes_when_it_is_due(self, ana: Visitor, rasa: FakeRasa) -> None:
        rasa.delay = 4.0  # a busy machine is late with the fallback
        async with ana.listen() as ear:
            await ear.next("working")
            await ana.send("os e-mails não chegam")
            assert (await ear.next("working")).data == {"working": True, "note": None}  # type: ignore[union-attr]
            noted = await ear.next("working")
            assert noted
            assert noted.data["working"] is True
            assert noted.data["note"] == (await ana.read())["note"]
            fallback = await ear.next("message")
            assert fallback
            assert fallback.data["fallback"] is True
            assert (await ear.next("state")).data == {"seq": 1, "state": "done"}  # type: ignore[union-attr]
            late = await ear.next("message")
            assert late
            assert late.data["late"] is True
            assert (await ear.next("working")).data == {"working": False, "note": None}  # type: ignore[union-attr]


class TestWoken:
    """Nothing waits for the next look into the store."""

    @pytest.fixture
    def pace(self) -> Pace:
        return replace(QUICK, poll=60.0, follow=60.0)

    async def test_what_comes_while_a_stream_reads_is_read_too(
        self, app: FastAPI, ana: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        history = app.state.services.store.history
        page = history.page

        async def and_then_something_comes(*asked: Any) -> Any:
            found = await page(*asked)
            monkeypatch.undo()
            await ana.say("oi")
            return found

        monkeypatch.setattr(history, "page", and_then_something_comes)
        async with ana.listen() as ear:
            assert [message["seq"] for message in await ear.messages(2)] == [1, 2]


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "9" * 30, "1e3"])
async def test_a_bad_number_to_begin_after(ana: Visitor, number: str) -> None:
    for headers, params in (({"Last-Event-ID": number}, {}), ({}, {"after": number})):
        response = await ana.http.get(
            "/api/v1/events", headers=ana.headers | headers, params=params
        )
        assert response.status_code == 422


async def test_without_a_token_there_is_no_stream(http: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}):
        response = await http.get("/api/v1/events", headers=headers)
        assert response.status_code == 401
        assert response.headers["Content-Type"] == "application/json"


async def test_the_form_of_the_stream(ana: Visitor) -> None:
    async with ana.listen() as ear:
        await ana.say("duas\nlinhas\u2028e \u0085 mais")
        await ear.messages(2)
    assert ear.headers["content-type"].startswith("text/event-stream")
    assert ear.headers["cache-control"] == "no-store"
    (first,) = [block for block in ear.raw.split("\n\n") if "id: 1\n" in block]
    assert sorted(line.split(": ")[0] for line in first.split("\n")) == ["data", "event", "id"]
