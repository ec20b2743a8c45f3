"""What ends a stream of events, and what it says then."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from fake_rasa import FakeRasa
from fastapi import FastAPI
from gateway_support import QUICK
from sqlalchemy import text
from visitor import Visitor, arrive, until_true

from gateway.app import create_app
from gateway.conversation.hub import MOST_PER_SESSION
from gateway.settings import Pace, Settings


async def test_erasing_ends_the_streams(ana: Visitor) -> None:
    async with ana.listen() as ear:
        await ear.next("working")
        await ana.http.delete("/api/v1/me", headers=ana.headers)
        assert [(event.kind, event.data) for event in await ear.rest()] == [("erased", {})]


async def test_leaving_ends_this_sessions_streams(ana: Visitor) -> None:
    async with ana.listen() as ear:
        await ear.next("working")
        await ana.http.delete("/api/v1/sessions", headers=ana.headers)
        assert [event.kind for event in await ear.rest()] == ["expired"]


async def test_the_end_of_the_token_ends_the_stream(app: FastAPI, ana: Visitor) -> None:
    hub = app.state.services.engine.hub
    with hub.listening(ana.conversation, "a session", 0, 0.05) as stream:
        kinds = [event.event async for event in stream.events()]
    assert kinds == ["held", "working", "expired"]


class TestShort:
    """Streams end now and then."""

    @pytest.fixture
    def pace(self) -> Pace:
        return replace(QUICK, stream=0.1, ping=0.03)

    async def test_it_pings_and_then_says_goodbye(self, ana: Visitor) -> None:
        async with ana.listen() as ear:
            assert [event.kind for event in await ear.rest()] == ["held", "working", "bye"]
        assert ": ping\n\n" in ear.raw


async def test_a_stop_says_goodbye(settings: Settings, rasa: FakeRasa) -> None:
    app = create_app(settings, rasa.transport())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client,
    ):
        ana = await arrive(client)
        async with ana.listen() as ear:
            await ear.next("working")
            app.state.services.drain()
            assert [event.kind for event in await ear.rest()] == ["bye"]
        async with ana.listen() as late:
            assert [event.kind for event in await late.rest()][-1] == "bye"


async def test_one_session_has_so_many_streams(app: FastAPI, ana: Visitor, bia: Visitor) -> None:
    ears = []
    async with bia.listen() as other:
        for _ in range(MOST_PER_SESSION + 1):
            ears.append(await ana.listen().__aenter__())
            await ears[-1].next("working")
        assert [event.kind for event in await ears[0].rest()] == ["bye"]
        await ana.say("oi")
        for ear in ears[1:]:
            assert len(await ear.messages(2)) == 2
        await bia.say("oi")
        assert len(await other.messages(2)) == 2
    for ear in ears:
        await ear.__aexit__()
    await until_true(lambda: not app.state.services.engine.hub._streams)


async def test_what_another_gateway_does_is_heard_too(
    app: FastAPI, ana: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.state.services.engine.hub, "changed", lambda _: None)
    async with ana.listen() as ear:
        await ear.next("working")
        await ana.send("oi")
        assert len(await ear.messages(2)) == 2
        monkeypatch.setattr(app.state.services.privacy.eraser, "_told", lambda _: None)
        await ana.http.delete("/api/v1/me", headers=ana.headers)
        assert (await ear.rest())[-1].kind == "erased"


async def test_a_store_that_fails_ends_the_stream(app: FastAPI, ana: Visitor) -> None:
    database = app.state.services.store.database
    async with ana.listen() as ear:
        await ear.next("working")
        async with database.writing() as db:
            await db.execute(text("ALTER TABLE conversations RENAME TO away"))
        app.state.services.engine.hub.changed(ana.conversation)
        assert await ear.rest() == []
        async with database.writing() as db:
            await db.execute(text("ALTER TABLE away RENAME TO conversations"))


@pytest.mark.parametrize(("gone", "end"), [(True, ""), (False, "expired")])
async def test_whose_conversation_went_with_the_session_is_not_expired(
    app: FastAPI, ana: Visitor, monkeypatch: pytest.MonkeyPatch, gone: bool, end: str
) -> None:
    hub = app.state.services.engine.hub

    async def revoked(sessions: set[str]) -> set[str]:
        return sessions

    async def heads(_: object) -> dict[str, int]:
        return {} if gone else {ana.conversation: 0}

    monkeypatch.setattr(hub._history, "revoked", revoked)
    monkeypatch.setattr(hub._history, "heads", heads)
    with hub.listening(ana.conversation, "a session", 0, 60) as stream:
        await hub._compare()
        assert stream._ending == end
