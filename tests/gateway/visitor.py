"""Someone who visits the gateway; the helpers that tests import (conftest is not one to import)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

SECRET = "um segredo só para os testes, nada mais"


@dataclass
class Visitor:
    """Someone with a token and a browser."""

    http: httpx.AsyncClient
    token: str
    conversation: str

    @property
    def headers(self) -> dict[str, str]:
        """What every request of theirs brings."""
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, body: Any, **extra: str) -> httpx.Response:
        """Send `body` as it is: bytes raw, anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = self.headers | extra
        return await self.http.post("/api/v1/messages", headers=headers, content=content)

    async def say(self, text: str, id: str | None = None) -> list[dict[str, Any]]:
        """Send `text` and return the answers."""
        response = await self.post({"id": id or str(uuid4()), "text": text})
        assert response.status_code == 200, response.text
        return response.json()["messages"]

    async def choose(self, choice: str) -> list[dict[str, Any]]:
        """Take a choice and return the answers."""
        response = await self.post({"id": str(uuid4()), "choice": choice})
        assert response.status_code == 200, response.text
        return response.json()["messages"]

    async def history(self, after: int | str = 0) -> list[dict[str, Any]]:
        """Read the conversation again."""
        response = await self.http.get(
            "/api/v1/messages", params={"after": after}, headers=self.headers
        )
        assert response.status_code == 200, response.text
        return response.json()["messages"]


async def arrive(http: httpx.AsyncClient) -> Visitor:
    """Open a session."""
    response = await http.post("/api/v1/sessions")
    assert response.status_code == 201
    return Visitor(http, **response.json())
