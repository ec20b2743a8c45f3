"""A gateway in this process, with a fake Rasa behind it and a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fake_rasa import FakeRasa
from fastapi import FastAPI
from visitor import SECRET, Visitor, arrive

from gateway.app import create_app
from gateway.settings import Settings


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


@pytest_asyncio.fixture
async def ana(http: httpx.AsyncClient) -> Visitor:
    return await arrive(http)


@pytest_asyncio.fixture
async def bia(http: httpx.AsyncClient) -> Visitor:
    return await arrive(http)
