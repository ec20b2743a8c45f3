"""Gateways on one PostgreSQL hear of each other's changes, and again after it was away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio
from fake_rasa import FakeRasa
from fastapi import FastAPI
from gateway_support import QUICK, on_postgres, run
from visitor import Visitor, arrive, until_true

from gateway.app import create_app
from gateway.settings import Pace, Settings
from gateway.store.bell import Bell
from gateway.store.engine import Database
from tests.support.servers import Server

PATIENT = 20.0


class Pair:
    """Two bells on one database, and what the second heard."""

    def __init__(self, database: Database) -> None:
        quick = {"beat": 0.05, "patience": 2.0, "again": 0.05}
        self.heard: list[tuple[str, str]] = []
        self.own: list[str] = []
        self.first = Bell(database, {"changed": self.own.append}, **quick)
        hears = {kind: self._note(kind) for kind in ("changed", "revoked")}
        self.second = Bell(database, hears, **quick)

    def _note(self, kind: str) -> Callable[[str], None]:
        return lambda id: self.heard.append((kind, id))

    def lines(self) -> set[int]:
        """Return what the server calls their connections."""
        return {self.first._our_pid, self.second._our_pid}

    async def up(self) -> None:
        """Wait until both hear."""
        await until_true(lambda: self.first.is_up and self.second.is_up, PATIENT)


@pytest_asyncio.fixture
async def pair(postgres: Server) -> AsyncIterator[Pair]:
    database = Database(on_postgres(postgres, "postgres"))
    made = Pair(database)
    for bell in (made.first, made.second):
        await bell.start()
    await made.up()
    yield made
    for bell in (made.first, made.second):
        await bell.stop()
    await database.close()


async def test_what_one_tells_the_other_hears_once_by_its_kind(pair: Pair) -> None:
    for kind, id in (("changed", "C1"), ("revoked", "S1"), ("changed", "C1"), ("unheard", "X")):
        pair.first.tell(kind, id)
    await until_true(lambda: len(pair.heard) == 2)
    pair.first.tell("changed", "C2")
    await until_true(lambda: len(pair.heard) == 3)
    assert sorted(pair.heard[:2]) == [("changed", "C1"), ("revoked", "S1")]
    assert pair.heard[2:] == [("changed", "C2")]
    assert pair.own == []


@pytest.mark.parametrize("how", ["killed", "hung", "cut"])
async def test_after_the_database_was_away_they_hear_again(
    how: str, pair: Pair, postgres: Server
) -> None:
    before = pair.lines()
    if how == "killed":
        postgres.stop()
        postgres.start()
    elif how == "cut":
        for line in before:
            await run(postgres.url, f"SELECT pg_terminate_backend({line})")
    else:
        with postgres.frozen():
            await until_true(lambda: not (pair.first.is_up or pair.second.is_up), PATIENT)
            pair.first.tell("changed", "C0")  # to nobody, and it is not kept
    await until_true(lambda: not before & pair.lines(), PATIENT)
    await pair.up()
    pair.first.tell("changed", "C1")
    await until_true(lambda: pair.heard, PATIENT)
    assert pair.heard == [("changed", "C1")]


async def test_a_bell_stops_in_time_where_the_database_hangs(pair: Pair, postgres: Server) -> None:
    with postgres.frozen():
        pair.first.tell("changed", "C1")
        async with asyncio.timeout(5):
            await pair.first.stop()


async def test_a_file_has_no_bell() -> None:
    bell = Bell(Database("sqlite+aiosqlite:///:memory:"), {})
    await bell.start()
    bell.tell("changed", "C1")
    assert not bell.is_up
    await bell.stop()


class TestTwoGateways:
    """They look for each other's changes once in a minute, so that only hearing is in time."""

    @pytest.fixture
    def kind(self) -> str:
        return "postgresql"

    @pytest.fixture
    def pace(self) -> Pace:
        return replace(QUICK, poll=60.0, follow=0.01, heard=60.0, lease=20.0, renew=1.0)

    @pytest_asyncio.fixture
    async def doors(self, settings: Settings, rasa: FakeRasa) -> AsyncIterator[list[FastAPI]]:
        async with AsyncExitStack() as stack:
            made = [create_app(settings, rasa.transport()) for _ in range(2)]
            for app in made:
                await stack.enter_async_context(app.router.lifespan_context(app))
            hubs = [app.state.services.engine.hub for app in made]
            await until_true(lambda: all(hub._bell.is_up for hub in hubs))
            yield made

    async def test_an_answer_that_the_other_stored_comes_at_once(
        self, doors: list[FastAPI]
    ) -> None:
        async with client(doors[0]) as first, client(doors[1]) as second:
            there = await arrive(first)
            here = Visitor(second, there.token, there.conversation)
            async with here.listen() as ear:
                assert (await ear.next("working")) is not None
                sent, answer = await there.say("oi"), await ear.messages(2)
                assert [one["reply_to"] for one in sent] == [answer[1]["reply_to"]]

    async def test_a_session_that_the_other_ended_ends_here(self, doors: list[FastAPI]) -> None:
        async with client(doors[0]) as first, client(doors[1]) as second:
            there = await arrive(first)
            here = Visitor(second, there.token, there.conversation)
            async with here.listen() as ear:
                assert (await ear.next("working")) is not None
                await first.delete("/api/v1/sessions", headers=there.headers)
                assert [event.kind for event in await ear.rest()] == ["expired"]


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")
