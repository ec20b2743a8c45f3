"""Sessions: one anonymous visitor, one conversation, one token."""

from __future__ import annotations

from fastapi import APIRouter

from gateway.api.auth import WithServices
from gateway.schemas import SessionCreated

router = APIRouter(prefix="/api/v1", tags=["sessions"])


@router.post("/sessions", status_code=201)
async def create_session(parts: WithServices) -> SessionCreated:
    """Open a conversation and return the token that every later request has to bring."""
    conversation = await parts.store.create_conversation()
    return SessionCreated(token=parts.tokens.issue(conversation), conversation=conversation)
