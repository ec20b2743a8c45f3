"""Two users: whatever the one brings to whichever operation, the other is neither read nor changed.

The operations come from the OpenAPI document, so a new one is tried as soon as it is there.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from fake_rasa import FakeRasa
from fastapi import FastAPI
from site_tokens import AUDIENCE, KEYS, claims, raw, signed
from sqlalchemy import select
from ulid import ULID
from visitor import SECRET, Visitor, arrive

from gateway.identity.tokens import Tokens
from gateway.settings import Settings
from gateway.store.tables import Base

pytestmark = pytest.mark.asyncio

SESSIONS, RENEW = "/api/v1/sessions", "/api/v1/sessions/renew"
# Whoever is not known yet has to be able to come in.
OPEN = {("POST", SESSIONS), ("POST", RENEW)}
PRIVATE = "segredo da Bia"
HOUR, MONTH = 3600, 30 * 24 * 3600


@dataclass(frozen=True)
class Operation:
    """A request that would be good if it came from its conversation's owner."""

    method: str
    path: str
    is_stream: bool

    async def ask(self, http: httpx.AsyncClient, headers: dict[str, str]) -> httpx.Response:
        """Send it as a page would, for the second message of the conversation."""
        path = self.path.format(seq=2)
        body = {"id": str(uuid4()), "text": "oi", "helpful": False, "reason": "nada a ver"}
        body |= {"article": 0}
        sent = body if self.method in ("POST", "PUT") else None
        return await http.request(self.method, path, headers=headers, json=sent)


def operations(app: FastAPI, *, closed: bool = True) -> Iterator[Operation]:
    """Return those that need a token, as the document says; or those that do not."""
    for path, methods in app.openapi()["paths"].items():
        for method, told in methods.items():
            needs_token = {} not in told.get("security", [{}])
            streams = "text/event-stream" in told["responses"].get("200", {}).get("content", {})
            if path.startswith("/api/") and needs_token == closed:
                yield Operation(method.upper(), path, streams)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(
        settings, access=replace(settings.access, site_keys=KEYS, site_audience=AUDIENCE)
    )


@pytest.fixture
async def bia(http: httpx.AsyncClient, rasa: FakeRasa) -> Visitor:
    """Someone known, with something of everything that can be kept about her."""
    offered = {"articles": [{"id": "limpeza_cache", "title": "Limpar o cache", "url": "https://w"}]}
    buttons = [{"title": "Sim", "payload": "/affirm"}]
    rasa.answer = [{"text": "E aí?", "buttons": buttons, "custom": offered}]
    opened = await http.post(SESSIONS, json={"identity": signed(sub="bia")})
    bia = Visitor(http, **opened.json())
    await bia.say(PRIVATE, page=PRIVATE)
    judged = {"helpful": True, "reason": PRIVATE}
    await http.put("/api/v1/messages/2/feedback", headers=bia.headers, json=judged)
    rasa.trackers[bia.conversation] = [{"event": "user", "text": PRIVATE}]
    return bia


@dataclass
class World:
    """What an attack may use: both visitors, and the victim's session id, which leaked."""

    app: FastAPI
    http: httpx.AsyncClient
    ana: Visitor
    bia: Visitor
    session: str

    def tokens(self, seconds: float = 0.0, secret: str = SECRET) -> Tokens:
        """Return a signer whose clock is late by so many seconds."""
        return Tokens(secret, clock=lambda: time.time() - seconds)

    async def second_device(self) -> Visitor:
        """Return another session of the victim's."""
        opened = await self.http.post(SESSIONS, json={"identity": signed(sub="bia")})
        return Visitor(self.http, **opened.json())

    async def revoked(self) -> str:
        """Return a token of the victim's after she left that device."""
        device = await self.second_device()
        await self.http.delete(SESSIONS, headers=device.headers)
        return device.token

    async def adopted(self) -> str:
        """Return the anonymous token of someone who then said who they are."""
        before = await arrive(self.http)
        identity = {"identity": signed(sub="cida")}
        await self.http.post(SESSIONS, json=identity, headers=before.headers)
        return before.token

    async def erased(self) -> str:
        """Return the token of someone who was erased."""
        gone = await arrive(self.http)
        await self.http.delete("/api/v1/me", headers=gone.headers)
        return gone.token

    async def state(self) -> dict[str, list[Any]]:
        """Return every row of every table."""
        async with self.app.state.services.store.database.reading() as db:
            return {
                table.name: sorted(map(repr, (await db.execute(select(table))).all()))
                for table in Base.metadata.sorted_tables
            }


@pytest.fixture
async def world(app: FastAPI, http: httpx.AsyncClient, ana: Visitor, bia: Visitor) -> World:
    # What deletes revoked sessions at the start may else do so between two looks at the store.
    await app.state.services.privacy.jobs.stop()
    opened = app.state.services.sessions._tokens.read(bia.token)
    return World(app, http, ana, bia, opened.session)


Attack = Callable[[World], Awaitable[str | None]]


def attack(make: Callable[[World], str | None]) -> Attack:
    async def made(world: World) -> str | None:
        return make(world)

    return made


def tampered(token: str, place: int) -> str:
    changed = "A" if token[place] != "A" else "B"
    return f"{token[:place]}{changed}{token[place + 1 :]}"


def without(claim: str) -> Attack:
    return attack(lambda w: f"Bearer {signed(sub='bia', **{claim: None})}")


# What is brought as the Authorization; None brings none.
ATTACKS: dict[str, Attack] = {
    "no token": attack(lambda w: None),
    "empty": attack(lambda w: ""),
    "no word after Bearer": attack(lambda w: "Bearer"),
    "a space after Bearer": attack(lambda w: "Bearer "),
    "a word": attack(lambda w: "Bearer x"),
    "no ASCII": attack(lambda w: "Bearer é"),
    "5000 characters": attack(lambda w: "Bearer " + "a" * 5000),
    "the token without Bearer": attack(lambda w: w.bia.token),
    "the token as Basic": attack(lambda w: f"Basic {w.bia.token}"),
    "two tokens": attack(lambda w: f"Bearer {w.ana.token},{w.bia.token}"),
    "the conversation's id": attack(lambda w: f"Bearer {w.bia.conversation}"),
    "the session's id": attack(lambda w: f"Bearer {w.session}"),
    "expired": attack(lambda w: f"Bearer {w.tokens(HOUR + 1).issue(w.session, 0)}"),
    "of a far future": attack(lambda w: f"Bearer {w.tokens(-2 * HOUR).issue(w.session, 0)}"),
    "the renewal": attack(lambda w: f"Bearer {w.bia.renewal}"),
    "wrong key": attack(lambda w: f"Bearer {w.tokens(secret='x' * 40).issue(w.session, 0)}"),
    "unknown session": attack(lambda w: f"Bearer {w.tokens().issue(str(ULID()), 0)}"),
    "signed for the conversation": attack(
        lambda w: f"Bearer {w.tokens().issue(w.bia.conversation, 0)}"
    ),
    "first character changed": attack(lambda w: f"Bearer {tampered(w.bia.token, 0)}"),
    "middle character changed": attack(
        lambda w: f"Bearer {tampered(w.bia.token, len(w.bia.token) // 2)}"
    ),
    "signature changed": attack(lambda w: f"Bearer {tampered(w.bia.token, -2)}"),
    "a character more": attack(lambda w: f"Bearer {w.bia.token}A"),
    "payload of one, signature of the other": attack(
        lambda w: f"Bearer {w.bia.token.split('.')[0]}.{w.ana.token.split('.', 1)[1]}"
    ),
    "alg none": attack(
        lambda w: f"Bearer {jwt.encode({'sub': w.session}, None, algorithm='none')}"
    ),
    "the site's token": attack(lambda w: f"Bearer {signed(sub='bia')}"),
    "no exp": without("exp"),
}


def revoked_by(how: str) -> Attack:
    async def made(world: World) -> str:
        return f"Bearer {await getattr(world, how)()}"

    return made


ATTACKS |= {how: revoked_by(how) for how in ("revoked", "adopted", "erased")}


@pytest.mark.parametrize("brought", ATTACKS.values(), ids=ATTACKS.keys())
async def test_nothing_is_opened_by(world: World, rasa: FakeRasa, brought: Attack) -> None:
    header = await brought(world)
    headers = {} if header is None else {"Authorization": header.encode()}
    before, asked = await world.state(), len(rasa.asked)
    for operation in operations(world.app):
        response = await operation.ask(world.http, headers)
        assert response.status_code == 401, operation
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert PRIVATE not in response.text
        assert set(response.json()) == {"detail"}
    assert await world.state() == before
    assert (len(rasa.asked), len(rasa.trackers)) == (asked, 1)


async def test_the_owner_is_let_in(world: World) -> None:
    # Else the test above would prove nothing. What erases or ends comes last.
    order = sorted(operations(world.app), key=lambda one: (one.method == "DELETE", one.path))
    assert len(order) >= 8
    for operation in order:
        device = await world.second_device() if operation.path == SESSIONS else world.bia
        if operation.is_stream:
            async with device.listen() as ear:
                assert (await ear.messages(1))[0]["text"] == PRIVATE
            continue
        if operation.path == "/api/v1/me" and operation.method == "DELETE":
            continue
        response = await operation.ask(world.http, device.headers)
        assert response.status_code < 300, (operation, response.text)


async def test_anothers_good_token_reaches_nothing_of_hers(world: World, rasa: FakeRasa) -> None:
    async def hers() -> list[str]:
        rows = [row for rows in (await world.state()).values() for row in rows]
        return [row for row in rows if world.bia.conversation in row or world.session in row]

    before = await hers()
    assert len(before) >= 4
    for operation in operations(world.app):
        ana = await arrive(world.http)
        if operation.is_stream:
            async with ana.listen() as ear:
                await ear.next("working")
                assert PRIVATE not in ear.raw
            continue
        response = await operation.ask(world.http, ana.headers)
        assert response.status_code != 401, operation
        assert PRIVATE not in response.text
        assert world.bia.conversation not in response.text
    assert await hers() == before
    assert rasa.trackers[world.bia.conversation]
    assert (await world.bia.history())[0]["text"] == PRIVATE


async def test_every_operation_is_either_closed_or_known_to_be_open(app: FastAPI) -> None:
    found = {(one.method, one.path) for one in operations(app, closed=False)}
    assert found == OPEN


async def test_a_choice_belongs_to_its_conversation(world: World, rasa: FakeRasa) -> None:
    choice = (await world.bia.history())[1]["choices"][0]["id"]
    response = await world.ana.post({"id": str(uuid4()), "choice": choice})
    assert response.status_code == 422
    assert rasa.texts == [PRIVATE]


async def test_two_visitors_may_use_the_same_client_id(world: World, rasa: FakeRasa) -> None:
    id = str(uuid4())
    await world.ana.say("da Ana", id)
    await world.bia.say("da Bia", id)
    assert rasa.texts[1:] == ["da Ana", "da Bia"]
    senders = [call["sender"] for call in rasa.asked[1:]]
    assert senders == [world.ana.conversation, world.bia.conversation]


RENEWALS: dict[str, Attack] = {
    "the token": attack(lambda w: w.bia.token),
    "expired": attack(lambda w: w.tokens(MONTH + 1).issue_renewal(w.session, 0)),
    "wrong key": attack(lambda w: w.tokens(secret="x" * 40).issue_renewal(w.session, 0)),
    "unknown session": attack(lambda w: w.tokens().issue_renewal(str(ULID()), 0)),
    "tampered": attack(lambda w: tampered(w.bia.renewal, 5)),
    "the site's token": attack(lambda w: signed(sub="bia")),
    "empty": attack(lambda w: ""),
}


@pytest.mark.parametrize("brought", RENEWALS.values(), ids=RENEWALS.keys())
async def test_nothing_is_renewed_by(world: World, brought: Attack) -> None:
    before = await world.state()
    response = await world.http.post(RENEW, json={"renewal": await brought(world)})
    assert response.status_code == 401
    assert await world.state() == before


HEADER = {"alg": "HS256", "kid": "2025a"}
IDENTITIES: dict[str, Callable[[], str]] = {
    "wrong key": lambda: signed(sub="bia", key="x" * 40),
    "unknown kid": lambda: signed("2024", sub="bia"),
    "no kid": lambda: signed(None, sub="bia"),
    "alg none": lambda: jwt.encode(
        claims(sub="bia"), None, algorithm="none", headers={"kid": "2025a"}
    ),
    "RS256 in the header, HMAC in truth": lambda: raw(HEADER | {"alg": "RS256"}, claims(sub="bia")),
    "wrong audience": lambda: signed(sub="bia", aud="outro"),
    "too long-lived": lambda: signed(sub="bia", exp=claims()["iat"] + 601),
    "no exp": lambda: signed(sub="bia", exp=None),
    "expired": lambda: signed(sub="bia", iat=claims()["iat"] - 400, exp=claims()["iat"] - 40),
    "tampered": lambda: tampered(signed(sub="bia"), -2),
    "of no site": lambda: SECRET,
}


@pytest.mark.parametrize("made", IDENTITIES.values(), ids=IDENTITIES.keys())
async def test_nobody_becomes_her_by(world: World, made: Callable[[], str]) -> None:
    before = await world.state()
    body = {"identity": made()}
    for headers in ({}, world.ana.headers):
        response = await world.http.post(SESSIONS, json=body, headers=headers)
        assert response.status_code == 401
    assert await world.state() == before


async def test_nobody_becomes_her_by_a_replayed_token(world: World) -> None:
    identity = {"identity": signed(sub="bia")}
    assert (await world.http.post(SESSIONS, json=identity)).status_code == 201
    own = await world.http.get("/api/v1/me", headers=world.ana.headers)
    assert own.status_code == 200  # the first use of a token is noted
    before = await world.state()
    replayed = await world.http.post(SESSIONS, json=identity, headers=world.ana.headers)
    assert replayed.status_code == 401
    assert await world.state() == before
