"""Which sites may use the API from a browser: an allow-list, and whoever has our own origin."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

GUARDED = "/api"
METHODS = ("GET", "POST", "PUT", "DELETE")
REQUEST_HEADERS = ("Authorization", "Content-Type", "Last-Event-ID")
RESPONSE_HEADERS = ("Retry-After", "Content-Disposition", "X-Request-ID")


class Origins:
    """Refuses requests to the API from pages of other origins, before anything is read.

    To the pages of `allowed` (each as browsers write an origin) the answers are given by CORS,
    never with credentials. A request without an Origin is no page's of another site.
    """

    def __init__(self, app: ASGIApp, allowed: Collection[str], refusal: str) -> None:
        self._allowed = frozenset(allowed)
        self._refusal = refusal
        self._app = CORSMiddleware(
            app,
            allow_origins=sorted(allowed),
            allow_methods=METHODS,
            allow_headers=REQUEST_HEADERS,
            expose_headers=RESPONSE_HEADERS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it (ASGI)."""
        if scope["type"] == "http" and self._is_foreign(scope):
            body = {"detail": self._refusal}
            answer = JSONResponse(body, 403, {"Connection": "close", "Vary": "Origin"})
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        if not scope["path"].startswith(GUARDED):
            return False
        headers = Headers(scope=scope)
        ours = f"{scope['scheme']}://{headers.get('host', '')}"
        return any(
            origin != ours and origin not in self._allowed for origin in headers.getlist("origin")
        )
