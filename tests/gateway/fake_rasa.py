"""A Rasa that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import httpx

HELLO = [{"recipient_id": "x", "text": "Olá! Como posso ajudar?"}]
WEBHOOK = "/webhooks/gateway/webhook"


@dataclass
class FakeRasa:
    """`answer` may be JSON to send, a status, bytes, or an exception to raise."""

    answer: Any = field(default_factory=lambda: HELLO)
    delay: float = 0.0
    actions_status: int = 200
    asked: list[dict[str, Any]] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def transport(self) -> httpx.MockTransport:
        """Return what stands in for the network."""
        return httpx.MockTransport(self._handle)

    @property
    def texts(self) -> list[str]:
        """What Rasa was sent, in order."""
        return [call["message"] for call in self.asked]

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        if isinstance(self.answer, Exception) and request.url.path != "/health":
            raise self.answer
        if request.url.path == "/health":
            return httpx.Response(self.actions_status)
        if request.url.path == WEBHOOK:
            return await self._turn(json.loads(request.content))
        return httpx.Response(200, text="Hello from Rasa: 3.6.21")

    async def _turn(self, call: dict[str, Any]) -> httpx.Response:
        self.asked.append(call)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(self.delay)
        finally:
            self.at_once -= 1
        self.finished.append(call["message"])
        return _response(self.answer(call) if callable(self.answer) else self.answer)


def _response(answer: Any) -> httpx.Response:
    if isinstance(answer, int):
        return httpx.Response(answer, text="Internal Server Error")
    if isinstance(answer, bytes):
        return httpx.Response(200, content=answer)
    return httpx.Response(200, json=answer)


def echo(call: dict[str, Any]) -> list[dict[str, Any]]:
    """Answer with what was said."""
    return [{"text": f"eco: {call['message']}"}]
