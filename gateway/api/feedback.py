"""What someone thinks of an answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from gateway.api.auth import Authorised, WithServices
from gateway.api.bodies import body_of, read_body
from gateway.errors import ApiError
from gateway.normalise import clean
from gateway.privacy.schemas import Judgement

router = APIRouter(prefix="/api/v1", tags=["feedback"])
MAX_SEQ = 2**31 - 1  # what the column holds


@router.put(
    "/messages/{seq}/feedback",
    status_code=204,
    openapi_extra=body_of(Judgement),
)
async def judge_answer(
    seq: Annotated[int, Path(ge=1, le=MAX_SEQ)],
    request: Request,
    access: Authorised,
    parts: WithServices,
) -> Response:
    """Say whether the assistant's message `seq` helped; the newest judgement counts."""
    asked = await read_body(request, parts, Judgement)
    reason = clean(asked.reason or "")[:500] or None
    if not await parts.feedback.put(access.conversation, seq, asked.helpful, reason):
        raise ApiError(404, parts.texts.no_such_answer)
    return Response(status_code=204)
