"""Messages: send one and get its answers; read the conversation again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ValidationError

from gateway.api.auth import Conversation, SignedConversation, WithServices, unauthorised
from gateway.errors import ApiError
from gateway.schemas import IncomingMessage, MessageList
from gateway.turns import TextTooLong, UnknownChoice, UnknownConversation
from gateway.wire import BrokenJSON, read_json

router = APIRouter(prefix="/api/v1", tags=["messages"])

MAX_SEQ = 2**53 - 1
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": IncomingMessage.model_json_schema()}},
    }
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


@router.post("/messages", response_model_exclude_none=True, openapi_extra=_BODY)
async def send_message(
    conversation: SignedConversation,
    incoming: Annotated[IncomingMessage, Depends(_incoming)],
    parts: WithServices,
) -> MessageList:
    """Take a message and return its answers, at least one, within ten seconds."""
    try:
        return MessageList(messages=await parts.turns.take(conversation, incoming))
    except UnknownConversation as error:
        raise unauthorised(parts) from error
    except UnknownChoice as error:
        raise ApiError(422, parts.texts.unknown_choice) from error
    except TextTooLong as error:
        raise ApiError(422, parts.texts.text_too_long) from error


@router.get("/messages", response_model_exclude_none=True)
async def read_messages(
    conversation: Conversation,
    parts: WithServices,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
) -> MessageList:
    """Return the conversation's messages whose `seq` is higher than `after`, in order."""
    return MessageList(messages=await parts.store.history(conversation, after))
