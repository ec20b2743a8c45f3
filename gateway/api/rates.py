"""Refusing what is too much: requests and sessions of one address, messages of one session."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.api.auth import Credentials, WithServices
from gateway.errors import ApiError
from gateway.identity.sessions import Access
from gateway.limits import Limiter, address_key
from gateway.origins import GUARDED
from gateway.services import Services
from gateway.store.messages import find_repeat


class AddressLimit:
    """Refuses requests to the API from an address that sends too many, before they are read."""

    def __init__(self, app: ASGIApp, limiter: Limiter, refusal: str) -> None:
        self._app = app
        self._limiter = limiter
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it (ASGI)."""
        if scope["type"] == "http" and scope["path"].startswith(GUARDED):
            host = (scope.get("client") or ("",))[0]
            if seconds := self._limiter.wait(address_key(host)):
                headers = {"Retry-After": str(seconds)}
                answer = JSONResponse({"detail": self._refusal}, 429, headers)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


def limit_session(request: Request, parts: Services) -> None:
    """Count a session for the address of `request`; raise ApiError 429 where it is too much."""
    _refuse_after(parts, parts.limits.address_sessions.wait(address_key(_host(request))))


async def refuse_flood(parts: WithServices, credentials: Credentials) -> None:
    """Raise ApiError 429 for the messages of a flood before anything is asked of the store."""
    session = parts.sessions.signed(credentials.credentials) if credentials else None
    if session:
        _refuse_after(parts, parts.limits.excess(session))


async def limit_message(request: Request, parts: Services, access: Access, id: str) -> None:
    """Count a message for session and address; raise ApiError 429 where it is too much.

    A repeat of what is stored already, by the client's `id`, passes: nothing is stored again.
    """
    seconds = parts.limits.message(access.session, _host(request))
    if not seconds:
        return
    async with parts.store.database.reading() as db:
        repeat = await find_repeat(db, access.conversation, id)
    if repeat is None:
        _refuse_after(parts, seconds)


def _host(request: Request) -> str | None:
    return request.client.host if request.client else None


def _refuse_after(parts: Services, seconds: int) -> None:
    if seconds:
        raise ApiError(429, parts.texts.too_many, {"Retry-After": str(seconds)})
