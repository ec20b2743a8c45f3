"""Around every request: its id and its log line, security headers, failures, the body's limit.

All of it is plain ASGI, so that an event stream passes through piece by piece.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import logs

MAX_BODY_BYTES = 8 * 1024
LARGER_BODIES = {
    # What a button in Slack brings back holds the whole message that it stands in.
    "/slack/events": 512 * 1024,
    # Teams sends what somebody wrote twice, as text and as HTML, and who is who besides.
    "/teams/messages": 128 * 1024,
}
# A trainer pastes many phrases at once, or decides about hundreds of messages.
CONSOLE, CONSOLE_BODIES = "/treinador", 128 * 1024
BODY_SECONDS = 10.0
REQUEST_ID_HEADER = "X-Request-ID"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# What proxies log where the client went away before it was answered.
CLIENT_GONE = 499

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Seen = Callable[[str, int, float], None]
_access = logging.getLogger("gateway.access")
_log = logging.getLogger(__name__)


class RequestLog:
    """Gives each request an id, and writes one line about it when it has ended.

    The line names the route, not the address: what stands in an address may be anything.
    `seen` is told method and route, status, and seconds.
    """

    def __init__(self, app: ASGIApp, seen: Seen | None = None) -> None:
        self._app = app
        self._seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID_HEADER)
        status = CLIENT_GONE
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = logs.request_id.get()
            await send(message)

        with logs.bound(logs.accept_request_id(given)):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                self._write(scope, status, time.perf_counter() - started)

    def _write(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        path = _route(scope)
        milliseconds = round(seconds * 1000, 1)
        values = {"method": method, "path": path, "status": status, "milliseconds": milliseconds}
        line = "%s %s %d %.1f ms"
        _access.info(line, method, path, status, milliseconds, extra=values)
        if self._seen:
            self._seen(f"{method} {path}", status, seconds)


def _route(scope: Scope) -> str:
    """Return the path of the route that was taken, with its parameters' names; else "-"."""
    if "route" in scope:
        return str(getattr(scope["route"], "path", "-"))
    # Refused before any route was looked for.
    known = scope["path"] in scope["app"].openapi()["paths"] if "app" in scope else False
    return str(scope["path"]) if known else "-"


class SecurityHeaders:
    """Adds SECURITY_HEADERS where the answer has none of its own; keeps answers out of caches."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Failures:
    """Answers 500 where the application raised, without a word about its inside."""

    def __init__(self, app: ASGIApp, unexpected: str) -> None:
        self._app = app
        self._unexpected = unexpected

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            _log.exception("unexpected: %s", type(error).__name__)
            if begun:  # too late for a status: the server cuts the connection
                raise
            await _refuse(500, self._unexpected)(scope, receive, send)


class BodyTooLarge(Exception):
    """The body is over MAX_BODY_BYTES."""


class ClientGone(Exception):
    """The client left before its body had arrived."""


class BodyLimit:
    """Reads the body up to its limit before the application sees the request."""

    def __init__(self, app: ASGIApp, too_large: str, too_slow: str) -> None:
        self._app = app
        self._too_large = too_large
        self._too_slow = too_slow

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse its body (ASGI)."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read_body(scope, receive)
        except BodyTooLarge:
            await _refuse(413, self._too_large)(scope, receive, send)
        except TimeoutError:
            await _refuse(408, self._too_slow)(scope, receive, send)
        except ClientGone:
            return
        else:
            await self._app(scope, _replay(body, receive), send)


def of_console(scope: Scope) -> bool:
    """Whether a request is for the trainers' console."""
    return f"{scope['path']}/".startswith(f"{CONSOLE}/")


def _refuse(status: int, detail: str) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers={"Connection": "close"})


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    usual = CONSOLE_BODIES if of_console(scope) else MAX_BODY_BYTES
    most = LARGER_BODIES.get(scope["path"], usual)
    declared = Headers(scope=scope).get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > most:
        raise BodyTooLarge
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body += bytes(message.get("body", b""))
        if len(body) > most:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replayed() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
