"""Who may read and write: whoever holds the token of that one conversation."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header

from gateway.errors import ApiError
from gateway.services import Services, services

WithServices = Annotated[Services, Depends(services)]


def unauthorised(parts: Services) -> ApiError:
    """Return the refusal of a token that opens no conversation."""
    return ApiError(401, parts.texts.unauthorised, {"WWW-Authenticate": "Bearer"})


async def _signed(
    parts: WithServices, authorization: Annotated[str | None, Header()] = None
) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    found = parts.tokens.conversation(token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise unauthorised(parts)
    return found


# The token is ours; that its conversation is in this store is still to be seen. For a turn that
# is looked up once it has its place in line, so that messages sent at once keep their order.
SignedConversation = Annotated[str, Depends(_signed)]


async def _conversation(parts: WithServices, signed: SignedConversation) -> str:
    if not await parts.store.has_conversation(signed):
        raise unauthorised(parts)
    return signed


Conversation = Annotated[str, Depends(_conversation)]
