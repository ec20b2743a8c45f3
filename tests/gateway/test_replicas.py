"""Several Rasas behind the gateway: any is asked, one that is away costs nobody an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fake_rasa import FakeRasa, echo
from fastapi import FastAPI
from visitor import Visitor

from gateway.app import create_app
from gateway.privacy.stores import StoreDown
from gateway.privacy.tracker import TrackerStore
from gateway.replicas import CONNECT_SECONDS, SHUNNED_SECONDS, Replicas
from gateway.settings import Settings
from gateway.workers import Pair, Workers

ONE, TWO = "http://127.0.0.1:5005", "http://127.0.0.1:5006"
BOTH = f"{ONE},{TWO}"
CONVERSATION = "01J0000000000000000000000A"


class Twins:
    """Two Rasas with one memory of trackers; each may be away."""

    def __init__(self) -> None:
        self.rasas = {ONE: FakeRasa(answer=echo), TWO: FakeRasa(answer=echo)}
        self.rasas[TWO].trackers = self.rasas[ONE].trackers
        self.away: set[str] = set()
        self.without: type[httpx.TransportError] = httpx.ConnectError
        self.patience: list[dict[str, float]] = []

    def transport(self) -> httpx.MockTransport:
        async def handle(request: httpx.Request) -> httpx.Response:
            url = f"http://{request.url.netloc.decode()}"
            if url in self.away:
                self.patience.append(request.extensions["timeout"])
                raise self.without("away")
            return await self.rasas[url].transport().handle_async_request(request)

        return httpx.MockTransport(handle)

    def asked(self) -> dict[str, int]:
        return {url: len(rasa.asked) for url, rasa in self.rasas.items()}


@pytest.fixture
def twins() -> Twins:
    return Twins()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, rasa_url=BOTH, actions_url=BOTH)


@pytest_asyncio.fixture
async def app(settings: Settings, twins: Twins) -> Any:
    made = create_app(settings, twins.transport())
    async with made.router.lifespan_context(made):
        yield made


def test_they_are_asked_in_turn() -> None:
    replicas = Replicas()
    assert [replicas.in_order([ONE, TWO])[0] for _ in range(4)] == [ONE, TWO, ONE, TWO]


def test_one_that_failed_is_asked_last_until_its_time_is_over() -> None:
    time = [0.0]
    replicas = Replicas(clock=lambda: time[0])
    replicas.failed(ONE)
    assert {replicas.in_order([ONE, TWO])[0] for _ in range(4)} == {TWO}
    assert replicas.in_order([ONE, TWO])[1] == ONE
    time[0] = SHUNNED_SECONDS
    assert {replicas.in_order([ONE, TWO])[0] for _ in range(4)} == {ONE, TWO}


async def test_both_are_asked(ana: Visitor, twins: Twins) -> None:
    for number in range(4):
        await ana.say(f"{number}")
    assert twins.asked() == {ONE: 2, TWO: 2}


@pytest.mark.parametrize("without", [httpx.ConnectError, httpx.ConnectTimeout])
async def test_one_that_is_away_costs_no_try(
    ana: Visitor, twins: Twins, without: type[httpx.TransportError]
) -> None:
    twins.away.add(ONE)
    twins.without = without
    for number in range(3):
        assert [m["text"] for m in await ana.say(f"{number}")] == [f"eco: {number}"]
    assert twins.asked() == {ONE: 0, TWO: 3}
    assert "omni_turn_failures_total{" not in (await ana.http.get("/metrics")).text
    assert {one["connect"] for one in twins.patience} == {CONNECT_SECONDS}


async def test_a_turn_that_failed_is_tried_on_the_other(ana: Visitor, twins: Twins) -> None:
    twins.rasas[ONE].answer = 500
    for number in range(4):
        assert [m["text"] for m in await ana.say(f"{number}")] == [f"eco: {number}"]
    assert twins.asked()[ONE] == 1
    ids = [call["message_id"] for call in twins.rasas[TWO].asked]
    assert twins.rasas[ONE].asked[0]["message_id"] in ids


async def test_ready_while_one_is_there(
    app: FastAPI, http: httpx.AsyncClient, twins: Twins
) -> None:
    twins.away.add(ONE)
    found = await http.get("/readyz")
    assert found.status_code == 200
    assert found.json()["model"]
    twins.away.add(TWO)
    assert (await http.get("/readyz")).json() == {"rasa": False, "actions": False, "store": True}


@pytest.mark.parametrize("without", [httpx.ConnectError, httpx.ConnectTimeout])
async def test_erasing_asks_the_one_that_is_there(
    twins: Twins, without: type[httpx.TransportError]
) -> None:
    twins.without = without
    twins.rasas[ONE].trackers[CONVERSATION] = [{"event": "user"}]
    twins.away.add(ONE)
    store = TrackerStore(Workers(None, Pair(rasa_url=BOTH, actions_url=BOTH)), twins.transport())
    assert await store.read(CONVERSATION) == [{"event": "user"}]
    for _ in range(2):
        await store.erase(CONVERSATION)
    assert await store.read(CONVERSATION) == []
    twins.away.add(TWO)
    with pytest.raises(StoreDown):
        await store.read(CONVERSATION)
    assert {one["connect"] for one in twins.patience} == {CONNECT_SECONDS}
    await store.close()


def test_several_addresses_are_checked_one_by_one() -> None:
    env = {"OMNI_RASA_URL": f"{ONE}/, {TWO}"}
    assert Settings.from_env(env).rasa_url == BOTH
    with pytest.raises(ValueError, match="OMNI_RASA_URL"):
        Settings.from_env({"OMNI_RASA_URL": f"{ONE},"})
