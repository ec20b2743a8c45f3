"""Bodies of requests, read without the framework's reader."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from gateway.errors import ApiError
from gateway.services import Services
from gateway.wire import BrokenJSON, read_json

Body = TypeVar("Body", bound=BaseModel)


async def read_body(request: Request, parts: Services, model: type[Body]) -> Body:
    """Return the body as `model`; no body counts as {}. Raise ApiError 400 or 422.

    Read here, since the framework's reader stumbles over lone surrogates.
    """
    raw = await request.body()
    try:
        return model.model_validate(read_json(raw) if raw else {})
    except BrokenJSON as error:
        raise ApiError(400, parts.texts.broken_json) from error
    except ValidationError as error:
        raise ApiError(422, parts.texts.invalid_body) from error


def body_of(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """Return what documents the body of an operation in OpenAPI."""
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": required, "content": content}}
