"""A gateway in this process, with a fake Rasa behind it and a fresh database."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fake_rasa import FakeRasa
from fastapi import FastAPI

from gateway.app import create_app
from gateway.settings import Settings

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


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    database = f"sqlite+aiosqlite:///{tmp_path / 'gateway.db'}"
    return Settings(database=database, secret=SECRET, turn_timeout=0.25)


@pytest_asyncio.fixture
async def app(settings: Settings, rasa: FakeRasa) -> AsyncIterator[FastAPI]:
    made = create_app(settings, rasa.transport())
    async with made.router.lifespan_context(made):
        yield made


@pytest_asyncio.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


async def arrive(http: httpx.AsyncClient) -> Visitor:
    response = await http.post("/api/v1/sessions")
    assert response.status_code == 201
    return Visitor(http, **response.json())


@pytest_asyncio.fixture
async def ana(http: httpx.AsyncClient) -> Visitor:
    return await arrive(http)


@pytest_asyncio.fixture
async def bia(http: httpx.AsyncClient) -> Visitor:
    return await arrive(http)
