"""A Rasa that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import httpx

HELLO = [{"text": "Olá! Como posso ajudar?"}]
CHANNEL = "/webhooks/gateway/"
WEBHOOK = f"{CHANNEL}webhook"
MODEL = "20250101"


def answered(messages: Any, **more: Any) -> dict[str, Any]:
    """Return a turn's answer as the channel gives it."""
    return {"messages": messages, "guide": None, "stored": True, "repeated": False, **more}


@dataclass
class FakeRasa:
    """`answer` may be messages, other JSON, a status, bytes, an exception, or a function."""

    answer: Any = field(default_factory=lambda: HELLO)
    delay: float = 0.0
    actions_status: int = 200
    trackers: dict[str, Any] = field(default_factory=dict)
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
        path = request.url.path
        if path == "/health":
            return httpx.Response(self.actions_status)
        if isinstance(self.answer, Exception):
            raise self.answer
        if path == WEBHOOK:
            return await self._turn(json.loads(request.content))
        if path.startswith(f"{CHANNEL}conversations/"):
            return self._tracker(request.method, path.rpartition("/")[2])
        if self.answer == 503:
            return httpx.Response(503)
        return httpx.Response(200, json={"status": "ok", "model": MODEL})

    def _tracker(self, method: str, conversation: str) -> httpx.Response:
        if method == "DELETE":
            self.trackers.pop(conversation, None)
            return httpx.Response(204)
        if conversation not in self.trackers:
            return httpx.Response(404)
        return httpx.Response(200, json={"events": self.trackers[conversation]})

    async def _turn(self, call: dict[str, Any]) -> httpx.Response:
        self.asked.append(call)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(self.delay)
        finally:
            self.at_once -= 1
        self.finished.append(call["message"])
        found = self.answer(call) if callable(self.answer) else self.answer
        if isinstance(found, Exception):
            raise found
        return _response(found)


def _response(answer: Any) -> httpx.Response:
    if isinstance(answer, int):
        return httpx.Response(answer, text="Internal Server Error")
    if isinstance(answer, bytes):
        return httpx.Response(200, content=answer)
    return httpx.Response(200, json=answered(answer) if isinstance(answer, list) else answer)


def echo(call: dict[str, Any]) -> list[dict[str, Any]]:
    """Answer with what was said."""
    return [{"text": f"eco: {call['message']}"}]
