"""Bodies that are not a turn, and the status of each; the channel serves on after all of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rasa_components.bodies import LONGEST_TEXT
from rasa_components.stores.tracker import StrictTrackerStore
from tests.rasa.serving import FakeAgent, serving
from tests.rasa.talking import FIRST, SECOND, SENDER

GOOD = {"sender": SENDER, "message": "oi", "message_id": FIRST}
OK, BAD = 200, 422


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


# Each is JSON to send, or bytes as they are.
TABLE: list[tuple[str, Any, int]] = [
    ("empty body", b"", BAD),
    ("spaces", b"   ", BAD),
    ("not JSON", b"oi", BAD),
    ("cut off", b'{"sender": "', BAD),
    ("two objects", b"{}{}", BAD),
    ("trailing comma", b'{"sender": "x",}', BAD),
    ("single quotes", b"{'sender': 'x'}", BAD),
    ("invalid UTF-8", b'{"sender": "\xff"}', BAD),
    ("UTF-16", json.dumps(GOOD).encode("utf-16"), OK),
    ("byte order mark", b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), OK),
    ("null", b"null", BAD),
    ("true", b"true", BAD),
    ("a number", b"5", BAD),
    ("not a number", b"NaN", BAD),
    ("a text", b'"oi"', BAD),
    ("a list", b"[]", BAD),
    ("a list of turns", [GOOD], BAD),
    ("an empty object", {}, BAD),
    ("a form", b"sender=x&message=oi&message_id=y", BAD),
    ("nested 5000 deep", b'{"a":' * 5000 + b"1" + b"}" * 5000, BAD),
    ("a list 20000 deep", b"[" * 20000, BAD),
    ("a number of 4000 digits", b'{"sender": ' + b"9" * 4000 + b"}", BAD),
    ("40 KB of spaces", json.dumps(GOOD).encode() + b" " * 40000, BAD),
    ("1 MB", {**GOOD, "message": "a" * 1_000_000}, BAD),
    ("no sender", without("sender"), BAD),
    ("sender null", {**GOOD, "sender": None}, BAD),
    ("sender empty", {**GOOD, "sender": ""}, BAD),
    ("sender a number", {**GOOD, "sender": 5}, BAD),
    ("sender an object", {**GOOD, "sender": {"id": SENDER}}, BAD),
    ("sender a list", {**GOOD, "sender": [SENDER]}, BAD),
    ("sender of another form", {**GOOD, "sender": "default"}, BAD),
    ("sender in small letters", {**GOOD, "sender": SENDER.lower()}, BAD),
    ("sender with a line's end", {**GOOD, "sender": SENDER + "\n"}, BAD),
    ("sender too long", {**GOOD, "sender": SENDER * 20}, BAD),
    (
        "sender with a lone surrogate",
        b'{"sender":"a\\ud800b","message":"oi","message_id":"x"}',
        BAD,
    ),
    ("sender with NUL", b'{"sender":"a\\u0000b","message":"oi","message_id":"x"}', BAD),
    ("no message", without("message"), BAD),
    ("message null", {**GOOD, "message": None}, BAD),
    ("message empty", {**GOOD, "message": ""}, BAD),
    ("message a number", {**GOOD, "message": 5}, BAD),
    ("message a list", {**GOOD, "message": ["oi"]}, BAD),
    ("message an object", {**GOOD, "message": {"text": "oi"}}, BAD),
    ("message with a lone surrogate", {**GOOD, "message": "a\ud800b"}, BAD),
    ("message with NUL", {**GOOD, "message": "a\0b"}, BAD),
    ("message at the limit", {**GOOD, "message": "a" * LONGEST_TEXT}, OK),
    ("message over the limit", {**GOOD, "message": "a" * (LONGEST_TEXT + 1)}, BAD),
    ("no message id", without("message_id"), BAD),
    ("message id null", {**GOOD, "message_id": None}, BAD),
    ("message id a number", {**GOOD, "message_id": 5}, BAD),
    ("message id with a wildcard", {**GOOD, "message_id": "%" * 26}, BAD),
    ("metadata a text", {**GOOD, "metadata": "x"}, OK),
    ("metadata a list", {**GOOD, "metadata": [1]}, OK),
    ("page too long", {**GOOD, "metadata": {"page": "a" * 201}}, OK),
    ("page a lone surrogate", {**GOOD, "metadata": {"page": "\ud800"}}, OK),
    ("request id with a line's end", {**GOOD, "metadata": {"request_id": "12345678\n"}}, OK),
    ("unknown fields", {**GOOD, "input_channel": "slack", "parse_data": {"intent": 5}}, OK),
    ("a field twice", b'{"sender":1,' + json.dumps(GOOD).encode()[1:], OK),
]


def test_the_table_is_long_enough():
    assert len(TABLE) >= 54
    assert len({name for name, _, _ in TABLE}) == len(TABLE)


async def test_each_body_has_its_status_and_the_channel_serves_on(tmp_path, domain):
    agent = FakeAgent(
        StrictTrackerStore(dialect="sqlite", db=str(tmp_path / "t.db"), domain=domain)
    )
    found = []
    async with serving(agent) as rasa:
        for name, body, _ in TABLE:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            status, _ = await rasa.ask("POST", "/webhook", data=data)
            found.append((name, status))
        assert found == [(name, status) for name, _, status in TABLE]
        assert agent.processor.run == [FIRST]  # the good ones repeat one message
        assert (await rasa.say(SENDER, SECOND))[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/webhook", 405), ("PUT", "/webhook", 405), ("POST", "/", 405), ("GET", "/none", 404),
     ("POST", f"/conversations/{SENDER}", 404), ("GET", "/conversations", 404)],
)  # fmt: skip
async def test_other_methods_and_paths(tmp_path, domain, method, path, status):
    agent = FakeAgent(
        StrictTrackerStore(dialect="sqlite", db=str(tmp_path / "t.db"), domain=domain)
    )
    async with serving(agent) as rasa:
        assert (await rasa.ask(method, path))[0] == status
