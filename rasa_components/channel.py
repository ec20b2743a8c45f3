"""The channel between the gateway and Rasa: one message out for each one that the action says."""

from __future__ import annotations

import logging
from typing import Any, Awaitable, Callable, Dict, List, Optional

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)


class GatewayOutput(OutputChannel):
    """Collects whole messages: text, buttons and custom parts stay together."""

    def __init__(self) -> None:
        self.messages: List[Dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, which the action sees as the input channel too."""
        return "gateway"

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        """Collect one message."""
        kept = ("text", "buttons", "custom")
        self.messages.append({key: message[key] for key in kept if message.get(key)})

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Collect a text that Rasa itself sends."""
        self.messages.append({"text": text})


class GatewayInput(InputChannel):
    """Takes the gateway's own message ids and page context; JSON in, a list of messages out."""

    @classmethod
    def name(cls) -> str:
        """Return the name that the address /webhooks/gateway/webhook holds."""
        return "gateway"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes: GET / for health, POST /webhook for a turn."""
        routes = Blueprint("gateway_webhook", "gateway_webhook")

        @routes.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            message = read_message(request.json)
            if message is None:
                return response.json({"detail": "sender, message and message_id: text"}, status=422)
            try:
                await on_new_message(message)
            except Exception as error:  # the gateway turns a 500 into words for the user
                logger.error("turn %s failed: %s", message.message_id, type(error).__name__)
                return response.json({"detail": type(error).__name__}, status=500)
            return response.json(message.output_channel.messages)  # type: ignore[union-attr]

        return routes


def read_message(body: Any) -> Optional[UserMessage]:
    """Return Rasa's message for a request body, or None where it is not of the agreed form."""
    if not isinstance(body, dict):
        return None
    fields = [body.get(name) for name in ("sender", "message", "message_id")]
    if not all(isinstance(value, str) and value for value in fields):
        return None
    metadata = body.get("metadata")
    return UserMessage(
        text=fields[1],
        output_channel=GatewayOutput(),
        sender_id=fields[0],
        input_channel=GatewayInput.name(),
        message_id=fields[2],
        metadata=metadata if isinstance(metadata, dict) else {},
    )
