"""Slack's events over HTTP, for who cannot or will not keep a socket open: POST /slack/events."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from gateway.wire import BrokenJSON, read_json

PATH = "/slack/events"
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


def build_router(app: AsyncApp, signing_secret: str) -> APIRouter:
    """Return the route; every request must be signed, within five minutes."""
    router = APIRouter()
    verifier = SignatureVerifier(signing_secret)

    @router.post(PATH, include_in_schema=False)
    async def events(request: Request) -> Response:
        raw = await request.body()
        if not _is_signed(verifier, request, raw):
            return JSONResponse({"error": "invalid request"}, 401)
        body = _read(request, raw)
        if body is None:
            return JSONResponse({"error": "invalid body"}, 400)
        # As if by socket: that only says that the sender is known, and the body read.
        asked = AsyncBoltRequest(mode="socket_mode", body=body)
        return to_starlette_response(await app.async_dispatch(asked))

    return router


def _is_signed(verifier: SignatureVerifier, request: Request, raw: bytes) -> bool:
    """Whether Slack signed it. The library raises at what no signature looks like."""
    stamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not (_TIMESTAMP.fullmatch(stamp) and _SIGNATURE.fullmatch(signature)):
        return False
    try:
        return verifier.is_valid(raw, stamp, signature)
    except UnicodeDecodeError:
        return False


def _read(request: Request, raw: bytes) -> dict[str, Any] | None:
    """Return the body as a dictionary, None where it is none.

    Not Bolt's own reading: it takes a command whose text holds the word "payload" for empty.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == _FORM:
            fields: dict[str, Any] = dict(parse_qsl(raw.decode(), keep_blank_values=True))
            found = read_json(fields["payload"].encode()) if "payload" in fields else fields
        else:
            found = read_json(raw) if kind == _JSON else None
    except (BrokenJSON, UnicodeError, json.JSONDecodeError):
        return None
    return found if isinstance(found, dict) and found else None
