"""Sessions: come in, stay in, log out of this device."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from gateway.api.auth import Authorised, Credentials, WithServices, unauthorised
from gateway.api.bodies import body_of, read_body
from gateway.api.rates import limit_session
from gateway.errors import ApiError
from gateway.identity.schemas import OpenSession, RenewSession, Session
from gateway.identity.sessions import IdentityRequired
from gateway.identity.site import BadIdentity

router = APIRouter(prefix="/api/v1", tags=["sessions"])
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


@router.post(
    "/sessions",
    status_code=201,
    openapi_extra=body_of(OpenSession, required=False) | {"security": [{}]},
)
async def open_session(request: Request, parts: WithServices, credentials: Credentials) -> Session:
    """Open a session: without a body a new visitor's, with `identity` a known person's.

    The token of an anonymous session may come along with an identity: who has no conversation
    yet keeps that one, and the anonymous session ends.
    """
    limit_session(request, parts)
    asked = await read_body(request, parts, OpenSession)
    token = credentials.credentials if credentials else None
    try:
        return await parts.sessions.open(asked.identity, token)
    except BadIdentity as error:
        raise ApiError(401, parts.texts.identity_refused, _CHALLENGE) from error
    except IdentityRequired as error:
        raise ApiError(401, parts.texts.identity_required, _CHALLENGE) from error


@router.post(
    "/sessions/renew",
    openapi_extra=body_of(RenewSession),
)
async def renew_session(request: Request, parts: WithServices) -> Session:
    """Exchange the newest renewal token for new tokens; each works once."""
    asked = await read_body(request, parts, RenewSession)
    renewed = await parts.sessions.renew(asked.renewal)
    if renewed is None:
        raise unauthorised(parts)
    return renewed


@router.delete("/sessions", status_code=204)
async def end_session(access: Authorised, parts: WithServices) -> Response:
    """End this session, on this device; the conversation stays."""
    await parts.sessions.revoke(access.session)
    parts.engine.hub.revoked(access.session)
    return Response(status_code=204)
