"""Origins: who is on the list, our own pages, and fifteen who only look like it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from visitor import Visitor

from gateway.origins import Origins
from gateway.settings import Settings

pytestmark = pytest.mark.asyncio

ALLOWED = ("https://crm.exemplo", "https://crm.exemplo:8443", "http://[::1]:8081")
OURS = "http://gateway"
# Each is refused; none is what a browser sends for a page of an allowed origin.
TRICKS = {
    "another site": "https://mal.exemplo",
    "null": "null",
    "empty": "",
    "wildcard": "*",
    "suffix": "https://crm.exemplo.mal.exemplo",
    "prefix": "https://malcrm.exemplo",
    "subdomain": "https://a.crm.exemplo",
    "another port": "https://crm.exemplo:8444",
    "default port": "https://crm.exemplo:443",
    "another scheme": "http://crm.exemplo",
    "upper case": "HTTPS://CRM.EXEMPLO",
    "dot at the end": "https://crm.exemplo.",
    "slash at the end": "https://crm.exemplo/",
    "userinfo": "https://crm.exemplo@mal.exemplo",
    "a path": "https://crm.exemplo/x",
    "two in one": "https://crm.exemplo https://mal.exemplo",
    "with a comma": "https://crm.exemplo,https://mal.exemplo",
    "space before": "https: //crm.exemplo",
    "no scheme": "crm.exemplo",
    "our host by another scheme": "https://gateway",
    "our host by another port": "http://gateway:81",
    "our host as a prefix": "http://gateway.mal.exemplo",
    "a file": "file://",
    "an extension": "chrome-extension://abcdef",
}
OPERATIONS = [
    ("POST", "/api/v1/sessions"),
    ("POST", "/api/v1/messages"),
    ("GET", "/api/v1/messages"),
    ("GET", "/api/v1/events"),
    ("DELETE", "/api/v1/me"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/api/nada"),
]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, access=replace(settings.access, origins=ALLOWED))


def granted(response: httpx.Response) -> list[str]:
    return [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("origin", TRICKS.values(), ids=TRICKS.keys())
async def test_a_foreign_origin_gets_nothing(ana: Visitor, origin: str) -> None:
    headers = ana.headers | {"Origin": origin}
    for method, path in OPERATIONS:
        response = await ana.http.request(method, path, headers=headers)
        assert response.status_code == 403, path
        assert set(response.json()) == {"detail"}
        assert granted(response) == []
    assert (await ana.read())["last"] == 0


@pytest.mark.parametrize("origin", TRICKS.values(), ids=TRICKS.keys())
async def test_a_foreign_origin_may_not_even_ask(http: httpx.AsyncClient, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    response = await http.options("/api/v1/messages", headers=asked)
    assert response.status_code == 403
    assert granted(response) == []


async def test_it_is_refused_before_its_body_is_read(app: FastAPI) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("read")

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"gateway"), (b"origin", b"https://mal.exemplo")]
    scope = {"type": "http", "method": "POST", "scheme": "http", "path": "/api/v1/messages"}
    await Origins(app, ALLOWED, "não")(scope | {"headers": headers}, receive, send)
    assert sent[0]["status"] == 403


async def test_one_good_origin_does_not_cover_for_a_bad_one(ana: Visitor) -> None:
    headers = [*ana.headers.items(), ("Origin", ALLOWED[0]), ("Origin", "https://mal.exemplo")]
    response = await ana.http.get("/api/v1/messages", headers=headers)
    assert response.status_code == 403


@pytest.mark.parametrize("origin", ALLOWED)
async def test_an_allowed_origin_reads_the_answer(ana: Visitor, origin: str) -> None:
    response = await ana.http.get("/api/v1/messages", headers=ana.headers | {"Origin": origin})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert "Origin" in response.headers["Vary"]
    assert "Retry-After" in response.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers


async def test_refusals_can_be_read_by_an_allowed_origin(http: httpx.AsyncClient) -> None:
    origin = {"Origin": ALLOWED[0]}
    unauthorised = await http.get("/api/v1/messages", headers=origin)
    too_large = await http.post("/api/v1/messages", headers=origin, content=b"x" * 9000)
    assert [unauthorised.status_code, too_large.status_code] == [401, 413]
    for response in (unauthorised, too_large):
        assert response.headers["Access-Control-Allow-Origin"] == ALLOWED[0]


@pytest.mark.parametrize("origin", [OURS, None])
async def test_our_own_pages_and_no_pages_need_no_list(ana: Visitor, origin: str | None) -> None:
    headers = ana.headers | ({"Origin": origin} if origin else {})
    assert (await ana.http.get("/api/v1/messages", headers=headers)).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_an_allowed_origin_may_ask_first(http: httpx.AsyncClient, method: str) -> None:
    asked = {
        "Origin": ALLOWED[0],
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type,last-event-id",
    }
    response = await http.options("/api/v1/messages", headers=asked)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == ALLOWED[0]
    assert method in response.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    "asked",
    [
        {"Access-Control-Request-Method": "PATCH"},
        {
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "x-segredo",
        },
    ],
    ids=["method", "header"],
)
async def test_it_may_not_do_everything(http: httpx.AsyncClient, asked: dict[str, str]) -> None:
    headers = {"Origin": ALLOWED[0]} | asked
    assert (await http.options("/api/v1/messages", headers=headers)).status_code == 400


@pytest.mark.parametrize("path", ["/", "/healthz", "/widget/nada.js"])
async def test_pages_are_not_guarded_but_not_granted_either(
    http: httpx.AsyncClient, path: str
) -> None:
    response = await http.get(path, headers={"Origin": "https://mal.exemplo"})
    assert response.status_code != 403
    assert "Access-Control-Allow-Origin" not in response.headers
