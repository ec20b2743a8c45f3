"""What the gateway may send to Rasa, and what Rasa collects for it."""

from __future__ import annotations

import pytest

from rasa_components.channel import GatewayOutput, read_message

GOOD = {"sender": "01J", "message": "oi", "message_id": "01K", "metadata": {"page": "E-mail"}}


def test_a_message_brings_its_own_id_and_page():
    message = read_message(GOOD)
    assert (message.message_id, message.sender_id, message.text) == ("01K", "01J", "oi")
    assert message.metadata == {"page": "E-mail"}
    assert message.input_channel == "gateway"


@pytest.mark.parametrize(
    "body",
    [None, [], "oi", {}, {**GOOD, "sender": ""}, {**GOOD, "message": None},
     {**GOOD, "message": 5}, {**GOOD, "message_id": ["x"]}],
)  # fmt: skip
def test_anything_else_is_refused(body):
    assert read_message(body) is None


def test_metadata_of_another_type_is_dropped():
    assert read_message({**GOOD, "metadata": "x"}).metadata == {}


async def test_text_buttons_and_parts_stay_one_message():
    output = GatewayOutput()
    button = {"title": "Sim", "payload": "/choose", "more": False}
    await output.send_response("x", {"text": "oi", "buttons": [button], "custom": {}, "image": 1})
    assert output.messages == [{"text": "oi", "buttons": [button]}]
