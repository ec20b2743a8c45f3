"""Every error as JSON {"detail": "<sentence in Portuguese>"}."""

from __future__ import annotations

import logging

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException as StarletteHTTPException

from gateway.texts import Texts
from trainer.workbench import Missing, WorkbenchError

RETRY_AFTER_SECONDS = "5"
_log = logging.getLogger(__name__)


class Problem(BaseModel):
    """The body of every error."""

    detail: str = Field(description="What is wrong, in Portuguese, to be shown to a person.")


class ApiError(HTTPException):
    """A refusal whose detail is a sentence of texts.yml."""


def add_error_handlers(app: FastAPI, texts: Texts) -> None:
    """Teach `app` to answer errors in Portuguese and without details of its inside.

    What is handled nowhere here is answered by gateway.middleware.Failures.
    """
    by_status = {404: texts.not_found, 405: texts.wrong_method}

    @app.exception_handler(StarletteHTTPException)
    async def refused(request: Request, error: StarletteHTTPException) -> JSONResponse:
        detail, headers = error.detail, dict(error.headers or {})
        if not isinstance(error, ApiError):
            detail = by_status.get(error.status_code, texts.bad_request)
        if error.status_code == 405:
            headers |= _allowed(app, request)
        return JSONResponse({"detail": detail}, error.status_code, headers)

    @app.exception_handler(WorkbenchError)
    async def unchanged(_request: Request, error: WorkbenchError) -> JSONResponse:
        status = 404 if isinstance(error, Missing) else 422
        return JSONResponse({"detail": " ".join(error.faults)}, status)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, _error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"detail": texts.invalid_query}, 422)

    @app.exception_handler(SQLAlchemyError)
    @app.exception_handler(OSError)  # what a driver raises where it cannot connect
    async def store_down(_request: Request, error: Exception) -> JSONResponse:
        # Not str(error): it holds the statement's values, and those hold people's texts.
        _log.error("the store failed: %s", type(error).__name__)
        headers = {"Retry-After": RETRY_AFTER_SECONDS}
        return JSONResponse({"detail": texts.store_down}, 503, headers)


def _allowed(app: FastAPI, request: Request) -> dict[str, str]:
    """Return the methods of all operations at this path; the framework knows one of them."""
    path = getattr(request.scope.get("route"), "path", "")
    methods = app.openapi()["paths"].get(path, {})
    return {"allow": ", ".join(method.upper() for method in methods)} if methods else {}
