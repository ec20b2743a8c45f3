"""A gateway in this process, with a fake Rasa behind it and a database of its own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from desk_support import CASE, SHEET, opened, sqlite
from fake_rasa import FakeRasa
from fastapi import FastAPI
from visitor import SECRET, Visitor, arrive

from assistant.cases import CaseStore
from gateway.access_settings import AccessSettings
from gateway.app import create_app
from gateway.channels.texts import load_channel_texts
from gateway.conversation.fallback import _load
from gateway.handoff.cases import Cases
from gateway.limits import Rate
from gateway.privacy.cases import CasesOfPeople
from gateway.settings import Pace, Settings
from gateway.store import Store
from gateway.store.handoffs import Handoffs
from gateway.texts import load_texts
from tests.support.servers import postgresql

# Nothing in these tests takes seconds; a fallback comes only where a test waits for one.
QUICK = Pace(
    turn=10.0,
    note=30.0,
    fallback=30.0,
    keep=0.2,
    lease=0.3,
    renew=0.05,
    poll=0.01,
    retries=(0.01, 0.02),
    away=(0.01, 0.02),
    grace=0.2,
)
# What limits do is tested by itself; whoever tests anything else sends as much as they like.
_MANY = Rate(10_000, 1)
UNLIMITED = AccessSettings(
    session_messages=_MANY,
    address_messages=_MANY,
    address_sessions=_MANY,
    address_requests=_MANY,
)


@pytest.fixture(scope="session", autouse=True)
def knowledge() -> None:
    """Load it once: that takes seconds."""
    _load(load_texts())


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and nothing in them."""
    path = tmp_path_factory.mktemp("database") / "empty.db"

    async def make() -> None:
        store = Store(f"sqlite+aiosqlite:///{path}")
        await store.start()
        await store.stop()

    asyncio.run(make())
    return path


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
def pace() -> Pace:
    return QUICK


@pytest.fixture
def settings(tmp_path: Path, empty_database: Path, pace: Pace) -> Settings:
    shutil.copy(empty_database, tmp_path / "gateway.db")
    database = f"sqlite+aiosqlite:///{tmp_path / 'gateway.db'}"
    access = replace(UNLIMITED, cases_url=f"sqlite:///{tmp_path / 'cases.db'}")
    return Settings(database=database, secret=SECRET, pace=pace, access=access)


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server; skipped, with a warning, where there is none."""
    with postgresql() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed")
        yield server.url.replace("postgresql://", "postgresql+asyncpg://")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> str:
    """The address of a database, once of each kind."""
    if request.param == "postgresql":
        address: str = request.getfixturevalue("postgres")
        return address
    shutil.copy(empty_database, tmp_path / "gateway.db")
    return sqlite(tmp_path)


@pytest_asyncio.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An empty store, once of each kind."""
    async with opened(url) as found:
        yield found


@pytest_asyncio.fixture
async def one_store(tmp_path: Path, empty_database: Path) -> AsyncIterator[Store]:
    """An empty store on SQLite, for what has nothing to do with the database."""
    shutil.copy(empty_database, tmp_path / "gateway.db")
    async with opened(sqlite(tmp_path)) as found:
        yield found


@pytest_asyncio.fixture
async def known_cases(one_store: Store, tmp_path: Path) -> AsyncIterator[Cases]:
    """Cases up to number CASE, with a sheet each."""
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    kept = CaseStore(url)
    for n in range(CASE):
        kept.open(f"{n}", "C", SHEET, {"situation": "slowness"})
    sheets = CasesOfPeople(url)
    handoffs = Handoffs(one_store.database)
    yield Cases(handoffs, sheets, one_store.history, load_channel_texts())
    await sheets.close()
