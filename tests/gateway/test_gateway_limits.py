"""Bad input: the status of each, a sentence in Portuguese, and the next message works."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from fake_rasa import FakeRasa
from visitor import Visitor

pytestmark = pytest.mark.asyncio

ID = "0b6c3f7e-96a0-4d5c-8a43-0c8e1c7a3b11"


def body(**fields: Any) -> bytes:
    return json.dumps({"id": ID, **fields}).encode()


BROKEN: list[tuple[bytes, int]] = [
    (b"", 400),
    (b" ", 400),
    (b"{", 400),
    (b"oi", 400),
    (b'{"id": "x",}', 400),
    (b"{'id': 'x'}", 400),
    (body(text="oi")[:-1], 400),
    (body(text="oi") + b"x", 400),
    (b'{"id": NaN}', 400),
    (b'{"id": Infinity}', 400),
    (b'{"id": ' + b"9" * 5000 + b"}", 400),
    (b"\xff\xfe", 400),
    (b'{"text": "\xff"}', 400),
    (b'{"text": "\xed\xa0\x80"}', 400),
    (json.dumps({"id": ID, "text": "oi"}).encode("utf-16"), 400),
    (b"\xef\xbb\xbf" + body(text="oi"), 400),
    (b"[" * 4000, 400),
    (b'{"text": "\n"}', 400),
    (b"id=1&text=oi", 400),
    (b"null", 422),
    (b"true", 422),
    (b"5", 422),
    (b'"oi"', 422),
    (b"[]", 422),
    (b"[{}]", 422),
    (b"{}", 422),
    (b'{"text": "oi"}', 422),
    (b'{"id": null, "text": "oi"}', 422),
    (b'{"id": 5, "text": "oi"}', 422),
    (b'{"id": "", "text": "oi"}', 422),
    (b'{"id": "1", "text": "oi"}', 422),
    (b'{"id": "../../etc", "text": "oi"}', 422),
    (b'{"id": ["x"], "text": "oi"}', 422),
    (b'{"id": "0b6c3f7e-96a0-4d5c-8a43-0c8e1c7a3b1g", "text": "oi"}', 422),
    (body(), 422),
    (body(text=None), 422),
    (body(text=5), 422),
    (body(text=True), 422),
    (body(text=["oi"]), 422),
    (body(text={"a": "oi"}), 422),
    (body(choice=None), 422),
    (body(choice=5), 422),
    (body(choice=["x"]), 422),
    (body(choice="x" * 65), 422),
    (body(text="oi", choice="x"), 422),
    (body(text="", choice=""), 422),
    (body(text="oi", page=5), 422),
    (body(text="oi", page="x" * 201), 422),
    (body(text="oi", page=["x"]), 422),
    (body(message="oi"), 422),
    (body(text="a" * 2001), 422),
    (body(text="é" * 1000 + " " * 1001), 422),
    (body(text="a" * 8192), 413),
    (body(text="oi", other="x" * 8192), 413),
    (b"x" * 8193, 413),
    (b"[" * 100_000, 413),
]


@pytest.mark.parametrize(("raw", "status"), BROKEN, ids=range(len(BROKEN)))
async def test_malformed_bodies(ana: Visitor, rasa: FakeRasa, raw: bytes, status: int) -> None:
    response = await ana.post(raw)
    assert response.status_code == status
    _assert_portuguese(response)
    assert rasa.asked == []
    assert await ana.history() == []
    assert (await ana.say("oi"))[0]["from"] == "assistant"


def _assert_portuguese(response: httpx.Response) -> None:
    detail = response.json()["detail"]
    assert set(response.json()) == {"detail"}
    assert isinstance(detail, str)
    assert any(word in f" {detail.lower()} " for word in (" não ", " o ", " a ", " um "))
    assert "nput" not in detail


async def test_deep_nesting(ana: Visitor) -> None:
    response = await ana.post(b"[" * 4000 + b"]" * 4000)
    assert response.status_code in (400, 422)  # where the reader gives up is Python's affair
    _assert_portuguese(response)


async def test_a_text_over_the_limit_is_told_the_limit(ana: Visitor) -> None:
    response = await ana.post(body(text="a" * 2001))
    assert "2.000 caracteres" in response.json()["detail"]


@pytest.mark.parametrize("text", ["a" * 2000, "çã" * 1000, "\U0001f600" * 1900, "漢" * 2000])
async def test_a_text_at_the_limit_passes_whole(ana: Visitor, rasa: FakeRasa, text: str) -> None:
    raw = json.dumps({"id": ID, "text": text}, ensure_ascii=False).encode()
    assert len(raw) <= 8192
    assert (await ana.post(raw)).status_code == 200
    assert rasa.texts == [text]


async def test_a_text_that_normalising_makes_longer_is_refused(
    ana: Visitor, rasa: FakeRasa
) -> None:
    raw = json.dumps({"id": ID, "text": "\u0958" * 1500}, ensure_ascii=False).encode()
    assert (await ana.post(raw)).status_code == 422
    assert rasa.asked == []


async def test_a_body_in_pieces_is_counted(ana: Visitor) -> None:
    async def pieces() -> Any:
        for _ in range(100):
            yield b" " * 1000

    response = await ana.http.post("/api/v1/messages", headers=ana.headers, content=pieces())
    assert response.status_code == 413


async def test_the_size_is_refused_before_the_token_is_asked_for(http: httpx.AsyncClient) -> None:
    assert (await http.post("/api/v1/messages", content=b"x" * 9000)).status_code == 413
    assert (await http.post("/api/v1/sessions", content=b"x" * 9000)).status_code == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "nonsense"])
async def test_the_declared_type_does_not_matter(ana: Visitor, kind: str) -> None:
    response = await ana.post(body(text="oi"), **{"Content-Type": kind})
    assert response.status_code == 200


@pytest.mark.parametrize("after", ["x", "", "-1", "1.5", "9" * 30, "null", "%00", "1;drop", "1e3"])
async def test_a_bad_number_to_read_after(ana: Visitor, after: str) -> None:
    response = await ana.http.get(f"/api/v1/messages?after={after}", headers=ana.headers)
    assert response.status_code == 422
    _assert_portuguese(response)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nada", 404),
        ("GET", "/docs", 404),
        ("GET", "/redoc", 404),
        ("GET", "/static/nada.js", 404),
        ("GET", "/static/", 404),
        ("GET", "/static/%00", 404),
        ("GET", "/static/..%2f..%2fgateway%2ftexts.yml", 404),
        ("GET", "/static/" + "a" * 3000, 404),
        ("GET", "/webhooks/gateway/webhook", 404),
        ("POST", "/webhooks/rest/webhook", 404),
        ("DELETE", "/api/v1/messages", 405),
        ("PUT", "/api/v1/sessions", 405),
        ("GET", "/api/v1/sessions", 405),
        ("POST", "/", 405),
        ("PATCH", "/static/chat.js", 405),
        ("OPTIONS", "/api/v1/messages", 405),
    ],
)
async def test_wrong_addresses(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await http.request(method, path)
    assert response.status_code == status
    _assert_portuguese(response)


@pytest.mark.parametrize("path", ["/", "/static/chat.js", "/api/v1/messages", "/healthz", "/nada"])
async def test_security_headers(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(path, headers={"Origin": "https://evil.example"})
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert not [name for name in response.headers if name.startswith("access-control")]
    cached = "no-store" if "api" in path or path in ("/healthz", "/nada") else "no-cache"
    assert response.headers["Cache-Control"] == cached


async def test_the_page_is_html_without_inline_code(http: httpx.AsyncClient) -> None:
    response = await http.get("/")
    assert response.headers["Content-Type"].startswith("text/html")
    assert 'lang="pt-BR"' in response.text
    assert "<style" not in response.text
    assert " style=" not in response.text
    assert "<script>" not in response.text
    assert "onclick" not in response.text
