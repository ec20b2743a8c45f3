"""Which article somebody opened."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from gateway.api.auth import Authorised, WithServices
from gateway.api.bodies import body_of, read_body
from gateway.api.feedback import MAX_SEQ
from gateway.errors import ApiError
from gateway.schemas import whole
from gateway.store.reading import Openings

router = APIRouter(prefix="/api/v1", tags=["feedback"])


class Opened(BaseModel):
    """An article that was offered, by its place in the message."""

    model_config = ConfigDict(strict=True, frozen=True)

    article: Annotated[int, BeforeValidator(whole)] = Field(
        ge=0, le=99, description="Place in the message's articles, from 0."
    )


@router.post(
    "/messages/{seq}/opened",
    status_code=204,
    openapi_extra=body_of(Opened),
)
async def note_opened(
    seq: Annotated[int, Path(ge=1, le=MAX_SEQ)],
    request: Request,
    access: Authorised,
    parts: WithServices,
) -> Response:
    """Say that an article of message `seq` was opened; saying it again changes nothing."""
    asked = await read_body(request, parts, Opened)
    openings = Openings(parts.store.database)
    if not await openings.note(access.conversation, seq, asked.article):
        raise ApiError(404, parts.texts.no_such_answer)
    return Response(status_code=204)
