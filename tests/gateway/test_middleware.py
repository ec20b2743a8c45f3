"""What is around every request, on an application of three routes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.types import Message, Scope
from ulid import ULID

from gateway import logs, middleware
from gateway.middleware import BodyLimit, Failures, RequestLog, SecurityHeaders

pytestmark = pytest.mark.asyncio

Requests = list[tuple[str, int, float]]


@pytest.fixture
def seen() -> Requests:
    return []


@pytest.fixture
def app(seen: Requests) -> FastAPI:
    made = FastAPI()

    @made.post("/echo/{name}")
    async def echo(name: str, request: Request) -> dict[str, Any]:
        logs.conversation.set("01J00000000000000000000000")
        return {"size": len(await request.body()), "id": logs.request_id.get()}

    @made.get("/broken")
    async def broken() -> None:
        raise RuntimeError("segredo")

    @made.get("/stream")
    async def stream() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"um"
            await asyncio.Event().wait()

        return StreamingResponse(pieces(), media_type="text/event-stream")

    made.add_middleware(BodyLimit, too_large="grande", too_slow="lento")
    made.add_middleware(Failures, unexpected="falha")
    made.add_middleware(SecurityHeaders)
    made.add_middleware(RequestLog, seen=lambda *what: seen.append(what))
    return made


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


async def test_a_request_id_goes_in_and_out(http: httpx.AsyncClient) -> None:
    given = {"X-Request-ID": "pedido-0001"}
    response = await http.post("/echo/a", content=b"oi", headers=given)
    assert response.json() == {"size": 2, "id": "pedido-0001"}
    assert response.headers["X-Request-ID"] == "pedido-0001"


@pytest.mark.parametrize("path", ["/broken", "/nada", "/echo/a"])
async def test_without_a_sane_one_each_answer_has_a_new_one(
    http: httpx.AsyncClient, path: str
) -> None:
    found = [
        (await http.get(path, headers={"X-Request-ID": "{}"})).headers["X-Request-ID"]
        for _ in range(2)
    ]
    assert len({str(ULID.from_str(one)) for one in found}) == 2


async def test_one_line_for_each_request(
    http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, seen: Requests
) -> None:
    caplog.set_level(logging.INFO, "gateway.access")
    caplog.handler.addFilter(logs.add_ids)
    url = "/echo/meu-cpf?texto=segredo"
    secret = {"Authorization": "Bearer tokensecreto", "X-Request-ID": "pedido-0001"}
    await http.post(url, content=b"segredo", headers=secret)
    (line,) = [record for record in caplog.records if record.name == "gateway.access"]
    values = vars(line)
    assert [values[name] for name in ("method", "path", "status")] == ["POST", "/echo/{name}", 200]
    assert values["milliseconds"] >= 0
    assert values["request_id"] == "pedido-0001"
    assert values["conversation"] == "01J00000000000000000000000"
    assert not any(word in str(values) for word in ("segredo", "tokensecreto", "meu-cpf"))
    assert [request[:2] for request in seen] == [("POST /echo/{name}", 200)]


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/broken", "GET /broken", 500),
        ("GET", "/meu-cpf-no-endereço", "GET -", 404),
        ("SEGREDO", "/echo/x", "OTHER /echo/{name}", 405),
        ("POST", "/stream", "POST /stream", 405),
    ],
)
async def test_what_the_line_calls_a_request(
    http: httpx.AsyncClient, seen: Requests, method: str, path: str, route: str, status: int
) -> None:
    assert (await http.request(method, path)).status_code == status
    assert [request[:2] for request in seen] == [(route, status)]


async def test_a_body_refused_before_routing_is_named_by_its_path(
    http: httpx.AsyncClient, seen: Requests
) -> None:
    for path in ("/stream", "/outro"):
        assert (await http.post(path, content=b"x" * 8193)).status_code == 413
    assert [request[0] for request in seen] == ["POST /stream", "POST -"]


async def test_one_request_does_not_leave_its_ids_to_the_next(http: httpx.AsyncClient) -> None:
    await http.post("/echo/a")
    assert (logs.request_id.get(), logs.conversation.get()) == ("", "")


async def test_a_failure_is_answered_without_its_reason(
    http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = await http.get("/broken")
    assert (response.status_code, response.json()) == (500, {"detail": "falha"})
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "RuntimeError" in caplog.messages[0]


async def call(app: FastAPI, method: str, path: str, *received: Message) -> list[Message]:
    """Call `app` as a server would, until it has sent what it will or waits for ever."""
    messages = iter(received)
    sent: list[Message] = []

    async def receive() -> Message:
        if (message := next(messages, None)) is None:
            await asyncio.Event().wait()
        assert message is not None
        return message

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
    }
    await asyncio.wait([task := asyncio.ensure_future(app(scope, receive, send))], timeout=0.2)
    task.cancel()
    return sent


async def test_a_stream_is_passed_on_piece_by_piece(app: FastAPI) -> None:
    start, piece = await call(app, "GET", "/stream")
    assert start["status"] == 200
    assert piece["body"] == b"um"


async def test_a_body_that_stops_coming_is_408(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "BODY_SECONDS", 0.05)
    part = {"type": "http.request", "body": b"{", "more_body": True}
    start, _ = await call(app, "POST", "/echo/a", part)
    assert start["status"] == 408


async def test_a_client_that_leaves_is_499_in_the_log(app: FastAPI, seen: Requests) -> None:
    assert await call(app, "POST", "/echo/a", {"type": "http.disconnect"}) == []
    assert [request[1] for request in seen] == [499]


@pytest.mark.parametrize(("size", "status"), [(8192, 200), (8193, 413)])
async def test_a_body_in_pieces_is_counted(http: httpx.AsyncClient, size: int, status: int) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(size):
            yield b"x"

    assert (await http.post("/echo/a", content=pieces())).status_code == status


@pytest.mark.parametrize("declared", ["9" * 400, "8193"])
async def test_a_declared_size_is_refused_unread(app: FastAPI, declared: str) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        headers = {"Content-Length": declared}
        response = await client.post("/echo/a", content=b"x", headers=headers)
    assert response.status_code == 413
