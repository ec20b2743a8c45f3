"""What is kept about me: see it, take it along, erase it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from gateway.api.auth import Authorised, WithServices, unauthorised
from gateway.errors import RETRY_AFTER_SECONDS, ApiError
from gateway.privacy.schemas import Erased, Export, Me
from gateway.privacy.stores import StoreDown
from gateway.services import Services

router = APIRouter(prefix="/api/v1", tags=["privacy"])
_FILE = {"Content-Disposition": 'attachment; filename="meus-dados.json"'}


@router.get("/me")
async def about_me(access: Authorised, parts: WithServices) -> Me:
    """Say how much is kept about the visitor, since when, and for how long."""
    try:
        found = await parts.privacy.about(access)
    except StoreDown as error:
        raise _incomplete(parts) from error
    if found is None:
        raise unauthorised(parts)
    return found


@router.get("/me/export", response_model=Export)
async def export_me(access: Authorised, parts: WithServices) -> JSONResponse:
    """Return everything that is kept about the visitor, as a file; all of it or 503."""
    try:
        found = await parts.privacy.export(access)
    except StoreDown as error:
        raise _incomplete(parts) from error
    return JSONResponse(found.model_dump(mode="json"), headers=_FILE)


@router.delete("/me", status_code=202)
async def erase_me(access: Authorised, parts: WithServices) -> Erased:
    """Erase the visitor: here at once, in the stores named `pending` as soon as they can."""
    return Erased(erased=True, pending=await parts.privacy.eraser.erase(access.conversation))


def _incomplete(parts: Services) -> ApiError:
    return ApiError(503, parts.texts.export_incomplete, {"Retry-After": RETRY_AFTER_SECONDS})
