"""Any text at all, lone surrogates included: 202 or 422, never a 5xx, and clean all the way."""

from __future__ import annotations

import json
import unicodedata
from typing import Any
from uuid import uuid4

import pytest
from fake_rasa import FakeRasa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from visitor import Visitor

ANY = st.text(st.characters(), max_size=60)  # surrogates too
# Where normalising, joining and stripping have their corners.
TRICKY = st.text(
    st.sampled_from(
        "/\uff0f \n\r\t\0\x1b\x85\u200b\u2028\u202e\ufeff\u0301\u0338e\u1100\u1161\ud800\udc00½"
    ),
    max_size=20,
)
TEXTS = st.one_of(ANY, TRICKY)
ATOMS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(-1e300, 1e300, allow_nan=False), TEXTS
)
# The fixtures are made once for all examples: a conversation goes on, whatever was said in it.
many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def assert_clean(text: str) -> None:
    text.encode("utf-8")  # no lone surrogates
    assert unicodedata.is_normalized("NFC", text)
    assert not [c for c in text if c != "\n" and unicodedata.category(c) == "Cc"]


@many
@given(text=TEXTS)
async def test_any_text(ana: Visitor, rasa: FakeRasa, text: str) -> None:
    rasa.asked.clear()
    response = await ana.post({"id": str(uuid4()), "text": text})
    assert response.status_code in (202, 422)
    assert response.headers["Content-Type"] == "application/json"
    if response.status_code == 422:
        return
    sent = response.json()["message"]
    answers = await ana.answers(sent["seq"])
    (stored, *_) = await ana.history(after=sent["seq"] - 1)
    assert stored["text"] == sent["text"]
    assert_clean(stored["text"])
    assert len(rasa.texts) <= 1
    for sent in rasa.texts:
        assert_clean(sent)
        assert not unicodedata.normalize("NFKC", sent).strip().startswith("/")
    assert bool(rasa.texts) == bool(stored["text"])
    assert answers


@many
@given(page=TEXTS)
async def test_any_page(ana: Visitor, rasa: FakeRasa, page: str) -> None:
    rasa.asked.clear()
    response = await ana.post({"id": str(uuid4()), "text": "oi", "page": page})
    assert response.status_code == 202
    await ana.answers(response.json()["message"]["seq"])
    (call,) = rasa.asked
    assert_clean(call["metadata"].get("page", ""))


@many
@given(reason=TEXTS)
async def test_any_reason(ana: Visitor, rasa: FakeRasa, reason: str) -> None:
    (answer,) = await ana.say("oi")
    raw = json.dumps({"helpful": False, "reason": reason}).encode()
    url = f"/api/v1/messages/{answer['seq']}/feedback"
    response = await ana.http.put(url, headers=ana.headers, content=raw)
    assert response.status_code in (204, 422)
    rasa.trackers[ana.conversation] = []
    export = await ana.http.get("/api/v1/me/export", headers=ana.headers)
    for kept in json.loads(export.content)["feedback"]:
        assert_clean(kept.get("reason") or "")


@many
@given(
    st.recursive(
        ATOMS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["id", "text", "choice", "page", "seen"]),
)
async def test_any_json_in_any_field(ana: Visitor, value: Any, field: str) -> None:
    body = {"id": str(uuid4()), "text": "oi"} | {field: value}
    response = await ana.post(body)
    assert response.status_code in (202, 413, 422)
    assert response.json()


@many
@given(raw=st.binary(max_size=200))
async def test_any_bytes(ana: Visitor, raw: bytes) -> None:
    assert (await ana.post(raw)).status_code in (400, 422)


@pytest.mark.parametrize(
    ("escaped", "sent"),
    [
        (r"oi \ud800 tudo", "oi  tudo"),
        (r"\ud83d\ude00", "😀"),
        (r"\ude00\ud83d oi", "oi"),
        (r"nul \u0000 aqui", "nul  aqui"),
        (r"\ud800/greet", "barra greet"),
        (r"\u001b[31mvermelho", "[31mvermelho"),
        (r"e\u0301", "é"),
        (r"uma\r\nduas\u2028três", "uma\nduas\ntrês"),
    ],
)
async def test_escapes_in_json(ana: Visitor, rasa: FakeRasa, escaped: str, sent: str) -> None:
    response = await ana.post(f'{{"id": "{uuid4()}", "text": "{escaped}"}}'.encode())
    await ana.answers(response.json()["message"]["seq"])
    assert rasa.texts == [sent]
