"""Events: the conversation as it goes on, server-sent (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from gateway.api.auth import Authorised, WithServices
from gateway.identity.sessions import Access
from gateway.schemas import MAX_SEQ
from gateway.services import Services
from gateway.store.tables import now

router = APIRouter(prefix="/api/v1", tags=["messages"])

# The library ends streams by itself when the server stops; they shall say goodbye first.
GOODBYE_SECONDS = 2.0
Seq = Annotated[int, Query(ge=0, le=MAX_SEQ)]
LastSeen = Annotated[int | None, Header(alias="Last-Event-ID", ge=0, le=MAX_SEQ)]
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
}


@router.get(
    "/events",
    response_class=EventSourceResponse,
    responses=_STREAM,
)
async def read_events(
    access: Authorised, parts: WithServices, after: Seq = 0, last_event_id: LastSeen = None
) -> EventSourceResponse:
    """Send the messages after a number, then each new one; and whether an answer is being made."""
    start = after if last_event_id is None else last_event_id
    return EventSourceResponse(
        _events(parts, access, start),
        ping=parts.settings.pace.ping,
        ping_message_factory=_ping,
        shutdown_grace_period=GOODBYE_SECONDS,
        sep="\n",
    )


async def _events(parts: Services, access: Access, after: int) -> AsyncIterator[ServerSentEvent]:
    seconds = (access.expires_at - now()).total_seconds()
    hub = parts.engine.hub
    with hub.listening(access.conversation, access.session, after, seconds) as stream:
        async for event in stream.events():
            yield event


def _ping() -> ServerSentEvent:
    return ServerSentEvent(comment="ping", sep="\n")
