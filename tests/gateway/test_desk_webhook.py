"""The signed webhook, against a server on loopback: what is posted, and what comes of failures."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web
from desk_support import ANA, CASE, SHEET, begin, change, failures, hand_over, tell, write
from test_desk_courier import QUICK
from visitor import until_true

from gateway.delivery.courier import Courier
from gateway.delivery.webhook import outlet as webhook
from gateway.delivery.webhook.settings import WebhookSettings
from gateway.handoff.cases import Cases
from gateway.store import Store
from gateway.store.values import Reply

SECRET = "um segredo compartilhado com o sistema"


@dataclass
class Tickets:
    """A ticket system; `answers` are statuses, or "hang", given in turn."""

    port: int = 0
    answers: list[Any] = field(default_factory=list)
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    kept: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.posts.append((dict(request.headers), body))
        answer = self.answers.pop(0) if self.answers else 204
        if answer == "hang":
            self.kept.append(json.loads(body))
            await asyncio.sleep(30)
        if answer < 300:
            self.kept.append(json.loads(body))
        headers = {"Retry-After": "0"} if answer == 429 else {"Location": "/elsewhere"}
        return web.Response(status=answer, headers=headers)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=1"


@asynccontextmanager
async def listening(tickets: Tickets) -> AsyncIterator[Tickets]:
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", tickets.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", tickets.port)
    await site.start()
    tickets.port = runner.addresses[0][1]
    try:
        yield tickets
    finally:
        await runner.cleanup()


@asynccontextmanager
async def posting(one_store: Store, known_cases: Cases, tickets: Tickets) -> AsyncIterator[Courier]:
    settings = WebhookSettings(tickets.url, SECRET)
    made = webhook.WebhookOutlet(settings, known_cases, seconds=0.5)
    courier = Courier(one_store, [made], replace(QUICK, attempt=2.0))
    await courier.start()
    try:
        yield courier
    finally:
        await courier.stop()


async def open_case(one_store: Store) -> str:
    conversation = await begin(one_store)
    await write(one_store, conversation, "está lento")
    await tell(one_store, conversation, "Vamos ver")
    places = tuple(place(CASE) for place in webhook.places())
    await hand_over(one_store, conversation, places=places)
    return conversation


async def test_every_event_and_what_user_and_team_say(one_store: Store, known_cases: Cases) -> None:
    async with listening(Tickets()) as tickets:
        conversation = await open_case(one_store)
        async with posting(one_store, known_cases, tickets):
            await tell(one_store, conversation, "do assistente: não vai")
            await change(one_store, kind="assumed", state="person", who=ANA)
            await write(one_store, conversation, "e então?")
            said = [Reply("person", "Já vejo", {"author": "Ana"})]
            await change(one_store, kind="replied", state="person", who=ANA, said=said)
            await change(one_store, kind="closed", state="closed", who=ANA, reason="era a rede")
            await until_true(lambda: len(tickets.kept) == 6)
    types = [one["type"] for one in tickets.kept]
    assert types == [
        "case.opened", "case.assumed", "message", "message", "case.replied", "case.closed",
    ]  # fmt: skip
    first, assumed, user, person, _, closed = tickets.kept
    assert first["case"]["sheet"] == SHEET
    assert (first["case"]["number"], first["case"]["facts"]) == (CASE, {"situation": "slowness"})
    assert [one["text"] for one in first["messages"]] == ["está lento", "Vamos ver"]
    assert assumed["event"]["who"] == {"id": ANA.id, "name": "Ana"}
    assert (user["message"]["from"], user["message"]["text"]) == ("user", "e então?")
    assert (person["message"]["author"], person["case"]) == ("Ana", {"number": CASE})
    assert closed["event"] == {
        "n": 4, "state": "closed", "who": {"id": ANA.id, "name": "Ana"}, "reason": "era a rede",
    }  # fmt: skip
    assert "id" not in user["message"]  # the browser's own


async def test_it_is_signed_and_the_id_is_in_it(one_store: Store, known_cases: Cases) -> None:
    async with listening(Tickets()) as tickets:
        await open_case(one_store)
        async with posting(one_store, known_cases, tickets):
            await until_true(lambda: tickets.kept)
    ((headers, body),) = tickets.posts
    signed = f"{headers['Omni-Timestamp']}.".encode() + body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Omni-Signature"] == f"v1={digest}"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body)["id"] == headers["Omni-Id"]


@pytest.mark.parametrize("answer", [400, 404, 410, 429, 500, 503, 302, "hang"])
async def test_what_is_not_taken_is_posted_again_under_its_id(
    one_store: Store, known_cases: Cases, answer: Any
) -> None:
    async with listening(Tickets(answers=[answer] * 2)) as tickets:
        conversation = await open_case(one_store)
        await write(one_store, conversation, "depois")
        async with posting(one_store, known_cases, tickets):
            await until_true(lambda: len(tickets.posts) == 4)
            await asyncio.sleep(0.1)
    ids = [headers["Omni-Id"] for headers, _ in tickets.posts]
    assert len(ids) == 4
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert all(request[0]["Host"].endswith(str(tickets.port)) for request in tickets.posts)


async def test_down_and_up_again_all_of_it_once_in_order(
    one_store: Store, known_cases: Cases
) -> None:
    tickets = Tickets()
    async with listening(tickets):
        pass  # it has a port now, and is down
    conversation = await open_case(one_store)
    async with posting(one_store, known_cases, tickets):
        await write(one_store, conversation, *[f"m{n}" for n in range(5)])
        await until_true(lambda: failures(one_store))
        async with listening(tickets):
            await until_true(lambda: len(tickets.kept) == 6)
            await asyncio.sleep(0.1)
    texts = [one["message"]["text"] for one in tickets.kept[1:]]
    assert texts == [f"m{n}" for n in range(5)]
    assert len(tickets.posts) == 6


def test_settings() -> None:
    env = {"OMNI_WEBHOOK_URL": "https://tickets.empresa.com.br/x", "OMNI_WEBHOOK_SECRET": SECRET}
    found = WebhookSettings.from_env(env)
    assert found
    assert SECRET not in repr(found)
    assert WebhookSettings.from_env({"OMNI_WEBHOOK_SECRET": SECRET}) is None


@pytest.mark.parametrize(
    ("change", "variable"),
    [
        ({"OMNI_WEBHOOK_URL": "ftp://x/?key=segredo"}, "OMNI_WEBHOOK_URL"),
        ({"OMNI_WEBHOOK_URL": "http://tickets.empresa.com.br/?key=segredo"}, "OMNI_WEBHOOK_URL"),
        ({"OMNI_WEBHOOK_SECRET": "curto segredo"}, "OMNI_WEBHOOK_SECRET"),
        ({"OMNI_WEBHOOK_SECRET": ""}, "OMNI_WEBHOOK_SECRET"),
    ],
)
def test_what_is_wrong_is_named_and_no_key_quoted(change: dict[str, str], variable: str) -> None:
    env = {"OMNI_WEBHOOK_URL": "https://x", "OMNI_WEBHOOK_SECRET": SECRET, **change}
    with pytest.raises(ValueError, match=variable) as fault:
        WebhookSettings.from_env(env)
    assert "segredo" not in str(fault.value)
