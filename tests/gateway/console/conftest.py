"""The console of a gateway in this process, on a copy of the project's files."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from console_person import PASSWORD, Person
from fastapi import FastAPI

from gateway.access_settings import Rate
from gateway.console import passwords
from gateway.console.parts import Console
from gateway.console.settings import ConsoleSettings
from gateway.settings import Settings
from tests.support.fewer import copied


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of a second for each login would add up."""
    monkeypatch.setattr(passwords, "_N", 2**4)


@pytest.fixture(autouse=True)
def own_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BUNDLES", "RUN"):
        monkeypatch.setenv(f"OMNI_{name}", str(tmp_path / name.lower()))


@pytest.fixture(scope="session")
def shortened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what trainers change, with fewer phrases."""
    return copied(tmp_path_factory.mktemp("shortened"))


@pytest.fixture
def root(shortened: Path, tmp_path: Path) -> Path:
    """A copy of what trainers change, of one's own."""
    return Path(shutil.copytree(shortened, tmp_path / "project"))


@pytest.fixture
def settings(settings: Settings, root: Path) -> Settings:
    return replace(settings, console=ConsoleSettings(root=root, logins=Rate(1000, 1)))


@pytest.fixture
def console(app: FastAPI) -> Console:
    found: Console = app.state.services.console
    return found


@pytest_asyncio.fixture
async def trainer(app: FastAPI, console: Console) -> AsyncIterator[Person]:
    async with person(app, console, "Ana", "trainer") as found:
        yield found


@pytest_asyncio.fixture
async def second(app: FastAPI, console: Console) -> AsyncIterator[Person]:
    async with person(app, console, "Bia", "trainer") as found:
        yield found


@pytest_asyncio.fixture
async def reader(app: FastAPI, console: Console) -> AsyncIterator[Person]:
    async with person(app, console, "Caio", "reader") as found:
        yield found


@pytest_asyncio.fixture
async def nobody(app: FastAPI, console: Console) -> AsyncIterator[Person]:
    """Somebody without a session, where there are others."""
    await console.users.put("Dora", PASSWORD, "reader")
    async with Person(app) as found:
        yield found


class person:
    """Somebody who is logged in, as a context."""

    def __init__(self, app: FastAPI, console: Console, name: str, role: str) -> None:
        self._app, self._console, self._name, self._role = app, console, name, role

    async def __aenter__(self) -> Person:
        await self._console.users.put(self._name, PASSWORD, self._role)
        self._person = Person(self._app)
        await self._person.__aenter__()
        answer = await self._person.log_in(self._name)
        assert answer.status_code == 303, answer.text
        return self._person

    async def __aexit__(self, *_: object) -> None:
        await self._person.__aexit__(None, None, None)
