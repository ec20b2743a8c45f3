"""Errors of the console as pages: whatever refuses a request, a person reads why."""

from __future__ import annotations

import json

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.console.look import HEADERS, Look
from gateway.middleware import of_console


class ErrorPages:
    """Draws a page for each error within /treinador that the rest of the gateway says as JSON."""

    def __init__(self, app: ASGIApp, look: Look) -> None:
        self._app, self._look = app, look

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http" or not of_console(scope):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def watch(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_error(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await self._draw(start, body, send)

        await self._app(scope, receive, watch)

    async def _draw(self, start: Message, body: bytes, send: Send) -> None:
        status = start["status"]
        page = self._look.page("error", status, detail=json.loads(body)["detail"], code=status)
        headers = MutableHeaders(raw=list(start["headers"]))
        headers.update({**HEADERS, "Content-Type": "text/html; charset=utf-8"})
        headers["Content-Length"] = str(len(page.body))
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": bytes(page.body)})


def _is_error(message: Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return bool(message["status"] >= 400 and kind.startswith("application/json"))
