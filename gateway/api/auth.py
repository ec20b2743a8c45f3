"""Who may read and write: whoever holds the token of that one conversation."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from gateway import logs
from gateway.errors import ApiError
from gateway.identity.sessions import Access
from gateway.services import Services, services

WithServices = Annotated[Services, Depends(services)]
_bearer = HTTPBearer(scheme_name="bearer", auto_error=False)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def unauthorised(parts: Services) -> ApiError:
    """Return the refusal of a token that opens no conversation."""
    return ApiError(401, parts.texts.unauthorised, {"WWW-Authenticate": "Bearer"})


async def _authorise(parts: WithServices, credentials: Credentials) -> Access:
    found = await parts.sessions.find(credentials.credentials) if credentials else None
    if found is None:
        raise unauthorised(parts)
    logs.conversation.set(found.conversation)
    return found


# What the request may read and write; it asks the store once.
Authorised = Annotated[Access, Depends(_authorise)]


async def _conversation(access: Authorised) -> str:
    return access.conversation


Conversation = Annotated[str, Depends(_conversation)]
