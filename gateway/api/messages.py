"""Messages: send one, and read the conversation from any number on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from gateway import logs
from gateway.api.auth import Authorised, Conversation, WithServices, unauthorised
from gateway.api.bodies import body_of
from gateway.api.rates import limit_message, refuse_flood
from gateway.conversation.inbox import TextTooLong, UnknownChoice, UnknownConversation
from gateway.conversation.working import working
from gateway.errors import ApiError
from gateway.schemas import MAX_SEQ, IncomingMessage, MessageList, SentMessage
from gateway.store.history import MOST_AT_ONCE
from gateway.wire import BrokenJSON, read_json

router = APIRouter(prefix="/api/v1", tags=["messages"])

_REPEATED: dict[int | str, dict[str, Any]] = {
    200: {"model": SentMessage, "description": "The id was known: the first's message."}
}


async def _incoming(request: Request, parts: WithServices) -> IncomingMessage:
    """Read the body here, since the framework's reader stumbles over lone surrogates."""
    try:
        return IncomingMessage.model_validate(read_json(await request.body()))
    except BrokenJSON as error:
        raise ApiError(400, parts.texts.broken_json) from error
    except ValidationError as error:
        faults = {(fault["loc"], fault["type"]) for fault in error.errors()}
        is_long = faults == {(("text",), "string_too_long")}
        texts = parts.texts
        detail = texts.text_too_long if is_long else texts.invalid_message
        raise ApiError(422, detail) from error


@router.post(
    "/messages",
    status_code=202,
    response_model=SentMessage,
    responses=_REPEATED,
    dependencies=[Depends(refuse_flood)],
    openapi_extra=body_of(IncomingMessage),
)
async def send_message(
    request: Request,
    access: Authorised,
    incoming: Annotated[IncomingMessage, Depends(_incoming)],
    parts: WithServices,
) -> JSONResponse:
    """Store a message; its answers come by the events, or by reading after its number."""
    await limit_message(request, parts, access, str(incoming.id))
    try:
        inbox, request_id = parts.engine.inbox, logs.request_id.get() or None
        accepted = await inbox.accept(access.conversation, incoming, request_id)
    except UnknownConversation as error:
        raise unauthorised(parts) from error
    except UnknownChoice as error:
        raise ApiError(422, parts.texts.unknown_choice) from error
    except TextTooLong as error:
        raise ApiError(422, parts.texts.text_too_long) from error
    return JSONResponse(
        {"message": accepted.message.wire()}, status_code=200 if accepted.repeated else 202
    )


@router.get("/messages", response_model=MessageList)
async def read_messages(
    conversation: Conversation,
    parts: WithServices,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = MOST_AT_ONCE,
) -> JSONResponse:
    """Return the conversation's messages whose `seq` is higher than `after`, in order."""
    page = await parts.store.history.page(conversation, after, limit)
    if page is None:
        raise unauthorised(parts)
    stands = working(page, parts.texts.note, parts.settings.pace.note)
    messages = [message.wire() for message in page.messages]
    held = asdict(page.held)
    found = {"messages": messages, "last": page.last, "held": held, **stands.model_dump()}
    return JSONResponse(found)
