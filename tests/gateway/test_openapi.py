"""The description of the API: every operation has examples, and they are of the described form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

METHODS = ("get", "post", "put", "delete")
OPEN = {"POST /api/v1/sessions", "POST /api/v1/sessions/renew"}
WRITES = ("post", "put", "delete")


@pytest.fixture
def schema(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for status, response in operation["responses"].items():
        for kind, content in response.get("content", {}).items():
            yield f"{status} {kind}", content
    if "requestBody" in operation:
        for kind, content in operation["requestBody"]["content"].items():
            yield f"request {kind}", content


def test_every_operation_is_described_with_examples(schema: dict[str, Any]) -> None:
    found = dict(operations(schema))
    assert len(found) >= 13
    for name, operation in found.items():
        assert operation["summary"], name
        assert operation["description"], name
        for place, content in contents(operation):
            assert "example" in content, f"{name} {place}"


def test_every_example_is_of_the_described_form(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        for place, content in contents(operation):
            rules = {**content["schema"], "components": schema["components"]}
            checked = Draft202012Validator(rules).iter_errors(content["example"])
            faults = [error.message for error in checked]
            assert not faults, f"{name} {place}: {faults}"


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    for part in json.dumps(schema).split('"$ref": "')[1:]:
        found: Any = schema
        for step in part.partition('"')[0].removeprefix("#/").split("/"):
            found = found[step]


def test_errors_are_described_in_one_form(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        path = name.partition(" ")[2]
        errors = {status for status in operation["responses"] if status >= "400"}
        if not path.startswith("/api/"):
            continue
        assert errors >= {"403", "429", "503"}, name
        assert ("401" in errors) or name in OPEN, name
        if name.partition(" ")[0].lower() in WRITES:
            assert errors >= {"408", "413"}, name
        for status in errors:
            (content,) = operation["responses"][status]["content"].values()
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert content["example"]["detail"]
            retry = "Retry-After" in operation["responses"][status]["headers"]
            assert retry == (status in ("429", "503")), f"{name} {status}"


def test_every_operation_says_whether_it_needs_a_token(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        needs = {} not in operation.get("security", [{}])  # {}: none will do
        assert needs == (name.partition(" ")[2].startswith("/api/") and name not in OPEN), name


async def test_it_is_served(http: httpx.AsyncClient, schema: dict[str, Any]) -> None:
    response = await http.get("/api/v1/openapi.json")
    assert response.json() == json.loads(json.dumps(schema, default=str))
    assert response.json()["openapi"].startswith("3.1")
