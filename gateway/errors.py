"""Every error as JSON {"detail": "<sentence in Portuguese>"}."""

from __future__ import annotations

import logging

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException as StarletteHTTPException

from gateway.middleware import SECURITY_HEADERS
from gateway.texts import Texts

RETRY_AFTER_SECONDS = "5"
_log = logging.getLogger(__name__)


class ApiError(HTTPException):
    """A refusal whose detail is a sentence of texts.yml."""


def add_error_handlers(app: FastAPI, texts: Texts) -> None:
    """Teach `app` to answer errors in Portuguese and without details of its inside."""
    by_status = {404: texts.not_found, 405: texts.wrong_method}

    @app.exception_handler(StarletteHTTPException)
    async def refused(_request: Request, error: StarletteHTTPException) -> JSONResponse:
        detail = error.detail
        if not isinstance(error, ApiError):
            detail = by_status.get(error.status_code, texts.bad_request)
        return JSONResponse({"detail": detail}, error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, _error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"detail": texts.invalid_query}, 422)

    @app.exception_handler(SQLAlchemyError)
    async def store_down(_request: Request, error: SQLAlchemyError) -> JSONResponse:
        # Not str(error): it holds the statement's values, and those hold people's texts.
        _log.error("the store failed: %s", type(error).__name__)
        headers = {"Retry-After": RETRY_AFTER_SECONDS}
        return JSONResponse({"detail": texts.store_down}, 503, headers)

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, _error: Exception) -> JSONResponse:
        # This one is answered outside all middleware.
        return JSONResponse({"detail": texts.unexpected}, 500, SECURITY_HEADERS)
