"""Someone who visits the gateway; the helpers that tests import (conftest is not one to import)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from ear import Ear

SECRET = "um segredo só para os testes, nada mais"
PATIENCE = 5.0
T = TypeVar("T")


async def until(found: Callable[[], Awaitable[T]], seconds: float = PATIENCE) -> T:
    """Ask again and again until the answer is true; fail after `seconds`."""
    pause = 0.002
    async with asyncio.timeout(seconds):
        while not (answer := await found()):
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.05)
    return answer


async def until_true(holds: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait until `holds` does; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.002)


@dataclass
class Visitor:
    """Someone with a token and a browser."""

    http: httpx.AsyncClient
    token: str
    conversation: str
    renewal: str = ""
    expires_in: int = 0
    identified: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """What every request of theirs brings."""
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, body: Any, **extra: str) -> httpx.Response:
        """Send `body` as it is: bytes raw, anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = self.headers | extra
        return await self.http.post("/api/v1/messages", headers=headers, content=content)

    async def send(self, text: str, id: str | None = None, **more: Any) -> dict[str, Any]:
        """Send `text` and return it as it was stored, without waiting for its answers."""
        return await self._sent({"id": id or str(uuid4()), "text": text, **more})

    async def say(self, text: str, id: str | None = None, **more: Any) -> list[dict[str, Any]]:
        """Send `text` and return its answers, once they are there."""
        return await self.answers((await self.send(text, id, **more))["seq"])

    async def choose(self, choice: str) -> list[dict[str, Any]]:
        """Take a choice and return the answers."""
        sent = await self._sent({"id": str(uuid4()), "choice": choice})
        return await self.answers(sent["seq"])

    async def _sent(self, body: dict[str, Any]) -> dict[str, Any]:
        response = await self.post(body)
        assert response.status_code in (200, 202), response.text
        sent: dict[str, Any] = response.json()["message"]
        return sent

    async def answers(self, seq: int) -> list[dict[str, Any]]:
        """Return what was answered to the message `seq`, once that is settled."""

        async def settled() -> list[dict[str, Any]]:
            mine, *others = await self.history(after=seq - 1)
            found = [message for message in others if message.get("reply_to") == seq]
            return [] if mine["state"] == "pending" else found

        return await until(settled)

    async def read(self, **params: Any) -> dict[str, Any]:
        """Read the conversation again, with where it stands."""
        response = await self.http.get("/api/v1/messages", params=params, headers=self.headers)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def history(self, after: int | str = 0) -> list[dict[str, Any]]:
        """Return the conversation's messages after a number."""
        messages: list[dict[str, Any]] = (await self.read(after=after))["messages"]
        return messages

    def listen(self, after: int | None = None) -> Ear:
        """Open a stream of events, as a context manager."""
        headers = self.headers | ({} if after is None else {"Last-Event-ID": str(after)})
        return Ear(self.http._transport.app, headers)  # type: ignore[attr-defined]


async def arrive(http: httpx.AsyncClient) -> Visitor:
    """Open a session."""
    response = await http.post("/api/v1/sessions")
    assert response.status_code == 201, response.text
    return Visitor(http, **response.json())
