"""Too much: 429, when to come back, and who is not to blame."""

from __future__ import annotations

import logging
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from fake_rasa import FakeRasa
from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from visitor import Visitor, arrive

from gateway.__main__ import _config
from gateway.access_settings import Rate
from gateway.settings import Settings

pytestmark = pytest.mark.asyncio

STRICT = Rate(3, 3000)


async def _never(_: str) -> None:
    raise AssertionError("the store was asked")


def assert_refused(response: httpx.Response) -> None:
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 1000
    assert set(response.json()) == {"detail"}


class TestMessages:
    """Of one session."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, access=replace(settings.access, session_messages=STRICT))

    async def test_what_is_too_much_is_not_stored(self, ana: Visitor, rasa: FakeRasa) -> None:
        for text in ("um", "dois", "três"):
            await ana.say(text)
        assert_refused(await ana.post({"id": str(uuid4()), "text": "quatro"}))
        assert rasa.texts == ["um", "dois", "três"]
        assert (await ana.read())["last"] == 6

    async def test_a_repeat_of_a_stored_message_passes(self, ana: Visitor) -> None:
        id = str(uuid4())
        first = await ana.send("um", id)
        await ana.send("dois")
        await ana.send("três")
        assert_refused(await ana.post({"id": str(uuid4()), "text": "quatro"}))
        again = await ana.post({"id": id, "text": "um"})
        assert (again.status_code, again.json()["message"]["seq"]) == (200, first["seq"])

    async def test_a_flood_asks_nothing_of_the_store(
        self, app: FastAPI, ana: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(6):
            await ana.post({"id": str(uuid4()), "text": "oi"})
        monkeypatch.setattr(app.state.services.sessions, "find", _never)
        assert_refused(await ana.post({"id": str(uuid4()), "text": "oi"}))

    async def test_whose_token_is_not_ours_is_no_flood(self, ana: Visitor) -> None:
        for _ in range(7):
            await ana.post({"id": str(uuid4()), "text": "oi"})
        forged = replace(ana, token=ana.token[:-2] + "xx")
        response = await forged.post({"id": str(uuid4()), "text": "oi"})
        assert response.status_code == 401

    async def test_others_are_not_refused(self, ana: Visitor, bia: Visitor) -> None:
        for _ in range(4):
            await ana.post({"id": str(uuid4()), "text": "oi"})
        assert (await bia.post({"id": str(uuid4()), "text": "oi"})).status_code == 202

    async def test_reading_goes_on(self, ana: Visitor) -> None:
        for _ in range(4):
            await ana.post({"id": str(uuid4()), "text": "oi"})
        assert (await ana.read())["last"] >= 3

    async def test_another_session_does_not_help_with_the_same_token(self, ana: Visitor) -> None:
        for _ in range(3):
            await ana.send("oi")
        renewed = await ana.http.post("/api/v1/sessions/renew", json={"renewal": ana.renewal})
        same = Visitor(ana.http, **renewed.json())
        assert_refused(await same.post({"id": str(uuid4()), "text": "oi"}))


class TestAddresses:
    """Of one address."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        limits = {"address_sessions": STRICT, "address_messages": STRICT}
        return replace(settings, access=replace(settings.access, **limits))

    def at(self, app: FastAPI, host: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, client=(host, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://gateway")

    async def test_sessions(self, app: FastAPI) -> None:
        async with self.at(app, "192.0.2.1") as here, self.at(app, "192.0.2.2") as there:
            for _ in range(3):
                await arrive(here)
            assert_refused(await here.post("/api/v1/sessions"))
            await arrive(there)

    async def test_messages_of_many_sessions(self, app: FastAPI) -> None:
        async with self.at(app, "192.0.2.1") as here, self.at(app, "192.0.2.2") as there:
            visitors = [await arrive(here) for _ in range(3)]
            for visitor in visitors:
                await visitor.send("oi")
            assert_refused(await visitors[0].post({"id": str(uuid4()), "text": "oi"}))
            await (await arrive(there)).send("oi")

    async def test_a_whole_ipv6_network_is_one_address(self, app: FastAPI) -> None:
        for number in range(3):
            async with self.at(app, f"2001:db8::{number}") as http:
                await arrive(http)
        async with self.at(app, "2001:db8::ffff") as http:
            assert_refused(await http.post("/api/v1/sessions"))

    async def test_what_a_client_says_of_its_address_is_not_believed(self, app: FastAPI) -> None:
        async with self.at(app, "192.0.2.1") as http:
            for number in range(3):
                headers = {"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": "for=x"}
                assert (await http.post("/api/v1/sessions", headers=headers)).status_code == 201
            assert_refused(await http.post("/api/v1/sessions", headers=headers))


class TestRequests:
    """Of one address, to any operation."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, access=replace(settings.access, address_requests=STRICT))

    async def test_every_request_to_the_api_counts(self, http: httpx.AsyncClient) -> None:
        for path in ("/api/v1/messages", "/api/nada", "/api/v1/openapi.json"):
            assert (await http.get(path)).status_code != 429
        assert_refused(await http.get("/api/v1/me"))

    async def test_pages_and_probes_do_not(self, http: httpx.AsyncClient) -> None:
        for _ in range(5):
            assert (await http.get("/healthz")).status_code == 200

    async def test_it_is_refused_without_a_line_of_text_in_the_log(
        self, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            for _ in range(4):
                await http.post("/api/v1/messages", content=b"segredo")
        assert "segredo" not in caplog.text


# How uvicorn is told whom to believe


async def forwarded(settings: Settings, app: FastAPI, client: str) -> str:
    """Return the address that the application sees for a request that came from `client`."""
    config = _config(app, settings)
    if not config.proxy_headers:
        return client
    seen = {}

    async def look(scope: dict, receive: object, send: object) -> None:
        seen["host"] = scope["client"][0]

    around = ProxyHeadersMiddleware(look, trusted_hosts=config.forwarded_allow_ips)
    headers = [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"https")]
    await around({"type": "http", "client": (client, 1), "headers": headers}, None, None)
    return seen["host"]


@pytest.mark.parametrize(
    ("proxies", "client", "seen"),
    [
        ((), "127.0.0.1", "127.0.0.1"),
        (("10.0.0.0/8",), "10.1.2.3", "203.0.113.9"),
        (("10.0.0.0/8",), "192.0.2.1", "192.0.2.1"),
        (("10.0.0.0/8",), "127.0.0.1", "127.0.0.1"),
        (("127.0.0.1",), "127.0.0.1", "203.0.113.9"),
    ],
)
async def test_only_trusted_proxies_are_believed(
    settings: Settings, app: FastAPI, proxies: tuple[str, ...], client: str, seen: str
) -> None:
    trusting = replace(settings, access=replace(settings.access, trusted_proxies=proxies))
    assert await forwarded(trusting, app, client) == seen
