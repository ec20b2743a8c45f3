"""The description of the API, /api/v1/openapi.json: what examples.yml says is added to it.

FastAPI knows the shapes; which errors an operation has, and what all of it looks like, is added
here, so that the routes stay readable.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI

from gateway.errors import Problem
from gateway.texts import Texts

EXAMPLES_FILE = Path(__file__).with_name("examples.yml")
_HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}},
    429: {"Retry-After": {"schema": {"type": "string", "pattern": "^[1-9][0-9]*$"}}},
    503: {"Retry-After": {"schema": {"type": "string", "pattern": "^[1-9][0-9]*$"}}},
}
_DESCRIPTIONS = {
    400: "The body is not JSON.",
    401: "The token is missing, expired, revoked, or not one of ours.",
    403: "The request comes from a page of a site that is not on the allow-list.",
    404: "There is no such thing in this conversation, or it may not be seen.",
    408: "The body did not arrive in time.",
    413: "The body is over 8192 bytes.",
    422: "The body or a parameter is JSON, but not of the described form.",
    429: "Too much at once; Retry-After says for how many seconds to wait.",
    503: "The store does not answer; nothing was stored.",
}
# One event of the stream, as a browser's EventSource reads it; `data` is JSON.
_EVENT = {
    "type": "object",
    "properties": {
        "event": {"enum": ["message", "state", "held", "working", "erased", "expired", "bye"]},
        "id": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        "data": {"type": "string"},
    },
    "required": ["event", "data"],
}
_FRAMEWORK = ("HTTPValidationError", "ValidationError")


def add_examples(app: FastAPI, texts: Texts, path: Path = EXAMPLES_FILE) -> None:
    """Make `app.openapi()` return the full description; raise ValueError for unknown operations."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    plain = app.openapi

    def full() -> dict[str, Any]:
        if not app.openapi_schema:
            _complete(plain(), found, texts)
        return plain()

    app.openapi = full  # type: ignore[method-assign]


def _complete(schema: dict[str, Any], found: dict[str, Any], texts: Texts) -> None:
    schemas = schema["components"]["schemas"]
    for name in _FRAMEWORK:
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    errors = {
        status: _error(status, getattr(texts, field)) for status, field in found["errors"].items()
    }
    for name, told in found["operations"].items():
        method, _, path = name.partition(" ")
        operation = schema["paths"].get(path, {}).get(method.lower())
        if operation is None:
            raise ValueError(f"examples.yml: {name} is no operation of the gateway")
        _describe(operation, told, errors)


def _error(status: int, sentence: str) -> dict[str, Any]:
    shape = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": _DESCRIPTIONS[status],
        "headers": _HEADERS.get(status, {}),
        "content": {"application/json": {"schema": shape, "example": {"detail": sentence}}},
    }


def _describe(
    operation: dict[str, Any], told: dict[str, Any], errors: dict[int, dict[str, Any]]
) -> None:
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _without_null(parameter["schema"])
    responses = operation["responses"]
    responses.pop("422", None)
    responses.update({str(status): errors[status] for status in told["errors"]})
    if "request" in told:
        operation["requestBody"]["content"]["application/json"]["example"] = told["request"]
    answers = {status: told["answer"] for status in told["statuses"] if "answer" in told}
    for status, example in (answers | told.get("failed", {})).items():
        responses[str(status)]["content"]["application/json"]["example"] = example
    if "text" in told:
        text = {"schema": {"type": "string"}, "example": told["text"]}
        responses["200"]["content"] = {"text/plain": text}
    if "event" in told:
        event = {"schema": _EVENT, "example": told["event"]}
        responses["200"]["content"] = {"text/event-stream": event}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that may be missing: no header or query can be null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {name: value for name, value in schema.items() if name != "anyOf"} | kinds[0]
