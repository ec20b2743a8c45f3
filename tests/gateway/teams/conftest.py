"""A gateway with a Teams app, and a Bot Connector on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from core_rasa import CoreRasa

from gateway.channels.teams.settings import TeamsSettings
from gateway.delivery.settings import CourierPace, SinkSettings
from gateway.settings import Settings
from tests.support.teams.bot_connector import BotConnector
from tests.support.teams.people import Person

# As the courier's own, a hundred times as quick: ten minutes of trouble are six seconds.
QUICK = CourierPace(poll=0.02, pause=0.001, first_wait=0.01, longest_wait=0.5, grace=1.0)
WORDS = "o cliente não consegue enviar arquivo no chat"
MEANINGS = {WORDS: "chat_attachments", "quero falar com uma pessoa": "person"}


@pytest_asyncio.fixture
async def connector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotConnector]:
    made = BotConnector(tmp_path)
    await made.start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made.certificate))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield made
    await made.stop()
    assert made.faults == []


@pytest.fixture
def teams_settings(connector: BotConnector) -> TeamsSettings | None:
    return TeamsSettings.from_env(connector.environment())


@pytest.fixture
def settings(settings: Settings, teams_settings: TeamsSettings | None) -> Settings:
    return replace(settings, sinks=SinkSettings(teams=teams_settings, pace=QUICK))


@pytest.fixture
def rasa(tmp_path: Path) -> CoreRasa:
    return CoreRasa(f"sqlite:///{tmp_path / 'cases.db'}", MEANINGS)


@pytest.fixture
def person(connector: BotConnector, http: httpx.AsyncClient) -> Person:
    connector.members.add("29:bia")
    return Person(connector, http)


@pytest.fixture
def other(connector: BotConnector, http: httpx.AsyncClient) -> Person:
    connector.members.add("29:caio")
    return Person(connector, http, "Caio Lima", "29:caio")
