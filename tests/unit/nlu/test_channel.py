"""What the gateway may send to Rasa, and what Rasa collects for it."""

from __future__ import annotations

import pytest

from rasa_components.channel import GatewayOutput, read_message

SENDER, NUMBER = "01J9ZK4T5V6W7X8Y9ZABCDEFGH", "01J9ZK4T5V6W7X8Y9ZABCDEFGJ"
GOOD = {"sender": SENDER, "message": "oi", "message_id": NUMBER, "metadata": {"page": "E-mail"}}


def test_a_message_brings_its_own_id_and_page():
    message = read_message(GOOD)
    assert (message.message_id, message.sender_id, message.text) == (NUMBER, SENDER, "oi")
    assert message.metadata == {"page": "E-mail"}
    assert message.input_channel == "gateway"


@pytest.mark.parametrize(
    "body",
    [None, [], "oi", {}, {**GOOD, "sender": ""}, {**GOOD, "message": None},
     {**GOOD, "message": 5}, {**GOOD, "message_id": ["x"]}, {**GOOD, "message_id": "01K"}],
)  # fmt: skip
def test_anything_else_is_refused(body):
    assert read_message(body) is None


def test_metadata_of_another_type_is_dropped():
    assert read_message({**GOOD, "metadata": "x"}).metadata == {}


@pytest.mark.parametrize("odd", ["", "x" * 40, "1234567\n8", "ação-ação", 12345678, None])
def test_a_request_id_of_another_form_is_dropped(odd):
    message = read_message({**GOOD, "metadata": {"request_id": odd}})
    assert "request_id" not in message.metadata


def test_the_request_id_may_come_as_a_header():
    assert read_message(GOOD, "req-0001").metadata == {"page": "E-mail", "request_id": "req-0001"}
    own = {**GOOD, "metadata": {"request_id": "req-0002"}}
    assert read_message(own, "req-0001").metadata == {"request_id": "req-0002"}


async def test_text_buttons_and_parts_stay_one_message():
    output = GatewayOutput()
    button = {"title": "Sim", "payload": "/choose", "more": False}
    await output.send_response("x", {"text": "oi", "buttons": [button], "custom": {}, "image": 1})
    assert output.messages == [{"text": "oi", "buttons": [button]}]
