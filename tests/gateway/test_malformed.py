"""Malformed bodies and the status of each. None is stored, none reaches Rasa, none is a 5xx."""

from __future__ import annotations

import json
from typing import Any

import httpx
from fake_rasa import FakeRasa
from visitor import Visitor, arrive

ID = "0b6c3f7e-96a0-4d5c-8a43-0c8e1c7a3b11"
MESSAGES, SESSIONS = "/api/v1/messages", "/api/v1/sessions"


def body(**fields: Any) -> bytes:
    return json.dumps({"id": ID, **fields}).encode()


MALFORMED: dict[str, tuple[int, bytes]] = {
    # no JSON
    "nothing": (400, b""),
    "a space": (400, b" "),
    "a bare word": (400, b"oi"),
    "an open brace": (400, b"{"),
    "cut off": (400, body(text="oi")[:-1]),
    "something after it": (400, body(text="oi") + b"x"),
    "two objects": (400, body(text="oi") * 2),
    "comma at the end": (400, b'{"id": "x",}'),
    "single quotes": (400, b"{'id': 'x'}"),
    "a comment": (400, b'{"id": 1 /* x */}'),
    "a form": (400, b"id=1&text=oi"),
    "XML": (400, b"<message><text>oi</text></message>"),
    "NaN": (400, b'{"id": NaN}'),
    "infinity": (400, b'{"id": -Infinity}'),
    "a number of 5000 digits": (400, b'{"id": ' + b"9" * 5000 + b"}"),
    "nested 4000 deep": (400, b"[" * 4000),
    "a raw line break in a text": (400, b'{"text": "\n"}'),
    "a bad escape": (400, b'{"text": "\\x41"}'),
    "not UTF-8": (400, b'{"text": "\xff"}'),
    "a surrogate in UTF-8": (400, b'{"text": "\xed\xa0\x80"}'),
    "an overlong slash": (400, b'{"text": "\xc0\xaf"}'),
    "UTF-16": (400, json.dumps({"id": ID, "text": "oi"}).encode("utf-16")),
    "a byte order mark": (400, b"\xef\xbb\xbf" + body(text="oi")),
    "gzip": (400, b"\x1f\x8b\x08\x00\x00\x00\x00\x00"),
    # JSON, but no object
    "null": (422, b"null"),
    "true": (422, b"true"),
    "a number": (422, b"5"),
    "a text": (422, b'"oi"'),
    "a list": (422, b"[]"),
    "a list with an object": (422, b"[" + body(text="oi") + b"]"),
    # the id
    "an empty object": (422, b"{}"),
    "no id": (422, b'{"text": "oi"}'),
    "id null": (422, b'{"id": null, "text": "oi"}'),
    "id a number": (422, b'{"id": 5, "text": "oi"}'),
    "id empty": (422, b'{"id": "", "text": "oi"}'),
    "id a path": (422, b'{"id": "../../etc", "text": "oi"}'),
    "id a list": (422, b'{"id": ["x"], "text": "oi"}'),
    "id almost a UUID": (422, b'{"id": "0b6c3f7e-96a0-4d5c-8a43-0c8e1c7a3b1g", "text": "oi"}'),
    # text and choice
    "neither text nor choice": (422, body()),
    "text null": (422, body(text=None)),
    "text a number": (422, body(text=5)),
    "text a truth": (422, body(text=True)),
    "text a list": (422, body(text=["oi"])),
    "text an object": (422, body(text={"a": "oi"})),
    "text of 2001 characters": (422, body(text="a" * 2001)),
    "text of 2001, many of them spaces": (422, body(text="é" * 1000 + " " * 1001)),
    "text and choice": (422, body(text="oi", choice="x")),
    "choice null": (422, body(choice=None)),
    "choice a number": (422, body(choice=5)),
    "choice a list": (422, body(choice=["x"])),
    "choice empty": (422, body(choice="")),
    "choice never offered": (422, body(choice="naooferecida")),
    "choice too long": (422, body(choice="x" * 65)),
    "under another name": (422, body(message="oi")),
    # what goes with it
    "page a number": (422, body(text="oi", page=5)),
    "page a list": (422, body(text="oi", page=["x"])),
    "page of 201 characters": (422, body(text="oi", page="x" * 201)),
    "seen a text": (422, body(text="oi", seen="3")),
    "seen negative": (422, body(text="oi", seen=-1)),
    "seen a fraction": (422, body(text="oi", seen=1.5)),
    # too large
    "8193 bytes": (413, b"x" * 8193),
    "a text of 8192 bytes": (413, body(text="a" * 8192)),
    "8 KB in an unknown field": (413, body(text="oi", other="x" * 8192)),
    "100 000 brackets": (413, b"[" * 100_000),
}
# Feedback, sessions and renewal read their bodies in the same way: a few of each kind.
ELSEWHERE: list[tuple[int, str, str, bytes]] = [
    (400, "POST", SESSIONS, b"{"),
    (400, "POST", SESSIONS, b'{"identity": "\xff"}'),
    (422, "POST", SESSIONS, b"[]"),
    (422, "POST", SESSIONS, b'{"identity": 5}'),
    (401, "POST", SESSIONS, b'{"identity": "a.b.c"}'),
    (413, "POST", SESSIONS, b"x" * 8193),
    (400, "POST", f"{SESSIONS}/renew", b"renewal=x"),
    (422, "POST", f"{SESSIONS}/renew", b""),
    (422, "POST", f"{SESSIONS}/renew", b"{}"),
    (422, "POST", f"{SESSIONS}/renew", b'{"renewal": null}'),
    (401, "POST", f"{SESSIONS}/renew", b'{"renewal": "x"}'),
    (413, "POST", f"{SESSIONS}/renew", b"x" * 8193),
    (400, "PUT", f"{MESSAGES}/1/feedback", b"{"),
    (422, "PUT", f"{MESSAGES}/1/feedback", b"{}"),
    (422, "PUT", f"{MESSAGES}/1/feedback", b'{"helpful": "sim"}'),
    (422, "PUT", f"{MESSAGES}/1/feedback", b'{"helpful": null}'),
    (422, "PUT", f"{MESSAGES}/1/feedback", b'{"helpful": true, "reason": 5}'),
    (422, "PUT", f"{MESSAGES}/1/feedback", b'{"helpful": true, "reason": "' + b"a" * 501 + b'"}'),
    (422, "PUT", f"{MESSAGES}/um/feedback", b'{"helpful": true}'),
    (404, "PUT", f"{MESSAGES}/1/feedback", b'{"helpful": true}'),
    (413, "PUT", f"{MESSAGES}/1/feedback", b"x" * 8193),
]


def test_there_are_fifty() -> None:
    assert len(MALFORMED) >= 50


async def test_malformed_messages(http: httpx.AsyncClient, rasa: FakeRasa) -> None:
    found = {}
    for name, (_, raw) in MALFORMED.items():
        visitor = await arrive(http)
        response = await visitor.post(raw)
        _assert_portuguese(response)
        assert await visitor.history() == [], name
        found[name] = response.status_code
    assert found == {name: status for name, (status, _) in MALFORMED.items()}
    assert rasa.asked == []


async def test_a_conversation_is_none_the_worse_for_them(ana: Visitor, rasa: FakeRasa) -> None:
    for _, raw in MALFORMED.values():
        await ana.post(raw)
    await ana.say("oi", ID)
    assert rasa.texts == ["oi"]


async def test_malformed_bodies_of_other_operations(ana: Visitor) -> None:
    found = []
    for _, method, path, raw in ELSEWHERE:
        response = await ana.http.request(method, path, headers=ana.headers, content=raw)
        _assert_portuguese(response)
        found.append((response.status_code, method, path, raw))
    assert found == ELSEWHERE


async def test_a_whole_number_may_have_a_point(ana: Visitor) -> None:
    assert (await ana.post(body(text="oi", seen=3.0))).status_code == 202
    assert (
        await ana.post(b'{"id": "%s", "text": "oi", "seen": 1e400}' % ID.encode())
    ).status_code == 422


async def test_deep_nesting_that_is_closed(ana: Visitor) -> None:
    response = await ana.post(b"[" * 4000 + b"]" * 4000)
    assert response.status_code in (400, 422)  # where the reader gives up is Python's affair
    _assert_portuguese(response)


def _assert_portuguese(response: httpx.Response) -> None:
    detail = response.json()["detail"]
    assert set(response.json()) == {"detail"}
    assert any(word in f" {detail.lower()} " for word in (" não ", " o ", " a ", " um "))
    assert "nput" not in detail
