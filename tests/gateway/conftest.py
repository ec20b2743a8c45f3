"""A gateway in this process, with a fake Rasa behind it and a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from desk_support import CASE, SHEET, opened
from fake_rasa import FakeRasa
from fastapi import FastAPI
from gateway_support import QUICK, UNLIMITED, fresh, in_a_thread, made, on_postgres, run
from visitor import SECRET, Visitor, arrive

from assistant.cases import CaseStore
from gateway.app import create_app
from gateway.channels.texts import load_channel_texts
from gateway.conversation.fallback import Fallback, _load
from gateway.conversation.guesser import Guess
from gateway.handoff.cases import Cases
from gateway.privacy.cases import CasesOfPeople
from gateway.settings import Pace, Settings
from gateway.store import Store
from gateway.store.handoffs import Handoffs
from gateway.texts import load_texts
from tests.support.servers import Server, postgresql


@pytest.fixture(scope="session", autouse=True)
def knowledge() -> None:
    """Load it once."""
    _load(load_texts())


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and nothing in them."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    in_a_thread(made(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server, on which `empty` has all tables and nothing in them."""
    with postgresql() as server:
        in_a_thread(run(server.url, "CREATE DATABASE empty"))
        in_a_thread(made(on_postgres(server, "empty")))
        yield server


@pytest.fixture
def kind() -> str:
    """Which database the gateway has; `pytestmark = ON_BOTH` runs a module's tests on both."""
    return "sqlite"


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of the test's own, with all tables."""
    return fresh(kind, request, tmp_path)


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
def pace() -> Pace:
    return QUICK


@pytest.fixture
def settings(tmp_path: Path, database_url: str, pace: Pace) -> Settings:
    access = replace(
        UNLIMITED,
        cases_url=f"sqlite:///{tmp_path / 'cases.db'}",
        erasures_url=f"sqlite+aiosqlite:///{tmp_path / 'erasures.db'}",
    )
    return Settings(database=database_url, secret=SECRET, pace=pace, access=access, guesses=False)


@pytest.fixture
def guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guess that everybody who writes of e-mails writes of the same situation."""

    async def guess(_: Fallback, words: str) -> Guess:
        return Guess(("email_send_receive",) if "mail" in words else ())

    monkeypatch.setattr(Fallback, "_guess", guess)


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


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database, once of each kind."""
    return fresh(request.param, request, tmp_path)


@pytest_asyncio.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An empty store, once of each kind."""
    async with opened(url) as found:
        yield found


@pytest_asyncio.fixture
async def one_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store on SQLite, for what has nothing to do with the database."""
    async with opened(fresh("sqlite", request, tmp_path)) as found:
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
