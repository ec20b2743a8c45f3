"""Sizes, numbers and addresses at the edge of what is taken, and just past it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from fake_rasa import FakeRasa
from visitor import Visitor

pytestmark = pytest.mark.asyncio

ID = "0b6c3f7e-96a0-4d5c-8a43-0c8e1c7a3b11"
MESSAGES, SESSIONS = "/api/v1/messages", "/api/v1/sessions"


def body(**fields: Any) -> bytes:
    return json.dumps({"id": ID, **fields}, ensure_ascii=False).encode()


def assert_problem(response: httpx.Response, status: int) -> None:
    assert response.status_code == status
    assert set(response.json()) == {"detail"}
    assert any(word in f" {response.json()['detail']} " for word in (" não ", " um ", " a "))


async def test_a_text_over_the_limit_is_told_the_limit(ana: Visitor) -> None:
    response = await ana.post(body(text="a" * 2001))
    assert response.status_code == 422
    assert "2.000 caracteres" in response.json()["detail"]


@pytest.mark.parametrize("text", ["a" * 2000, "çã" * 1000, "\U0001f600" * 1900, "漢" * 2000])
async def test_a_text_at_the_limit_passes_whole(ana: Visitor, rasa: FakeRasa, text: str) -> None:
    raw = body(text=text)
    assert len(raw) <= 8192
    assert (await ana.post(raw)).status_code == 202
    assert (await ana.history())[0]["text"] == text
    await ana.answers(1)
    assert rasa.texts == [text]


async def test_a_text_that_normalising_makes_longer_is_refused(
    ana: Visitor, rasa: FakeRasa
) -> None:
    assert (await ana.post(body(text="\u0958" * 1500))).status_code == 422
    assert (await ana.history(), rasa.asked) == ([], [])


@pytest.mark.parametrize(("more", "status"), [(0, 202), (1, 413)])
async def test_a_body_at_the_limit(ana: Visitor, more: int, status: int) -> None:
    raw = body(text="oi")
    padded = raw[:-1] + b" " * (8192 - len(raw) + more) + b"}"
    assert (await ana.post(padded)).status_code == status


@pytest.mark.parametrize("path", [MESSAGES, SESSIONS, f"{SESSIONS}/renew", "/api/nada"])
async def test_the_size_is_refused_before_anything_else(http: httpx.AsyncClient, path: str) -> None:
    assert_problem(await http.post(path, content=b"x" * 9000), 413)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "nonsense"])
async def test_the_declared_type_does_not_matter(ana: Visitor, kind: str) -> None:
    response = await ana.post(body(text="oi"), **{"Content-Type": kind})
    assert response.status_code == 202


@pytest.mark.parametrize("value", ["x", "", "-1", "1.5", "9" * 30, "null", "%00", "1;drop", "1e3"])
@pytest.mark.parametrize("name", ["after", "limit"])
async def test_a_bad_number_to_read_by(ana: Visitor, name: str, value: str) -> None:
    response = await ana.http.get(f"{MESSAGES}?{name}={value}", headers=ana.headers)
    assert_problem(response, 422)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nada", 404),
        ("GET", "/docs", 404),
        ("GET", "/redoc", 404),
        ("GET", "/widget/%00", 404),
        ("GET", "/widget/..%2f..%2fgateway%2ftexts.yml", 404),
        ("GET", "/widget/" + "a" * 3000, 404),
        ("GET", "/webhooks/gateway/webhook", 404),
        ("POST", "/webhooks/rest/webhook", 404),
        ("DELETE", MESSAGES, 405),
        ("PUT", SESSIONS, 405),
        ("GET", SESSIONS, 405),
        ("GET", f"{SESSIONS}/renew", 405),
        ("POST", "/api/v1/me", 405),
        ("POST", "/", 405),
        ("OPTIONS", MESSAGES, 405),
    ],
)
async def test_wrong_addresses(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    assert_problem(await http.request(method, path), status)


@pytest.mark.parametrize("path", [MESSAGES, "/healthz", "/nada", "/api/v1/me"])
async def test_what_is_no_file_is_kept_by_nobody(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(path)
    assert response.headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
