"""An agent asks in Teams, with the real servers and a Bot Connector on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from in_a_thread import Loop

from chaos.places.embedded import Stack
from tests.support.teams.bot_connector import BotConnector
from tests.support.teams.people import Person

OPENING = "o cliente não consegue enviar arquivo no chat"


class TeamsInAThread(Loop):
    """A Teams of which the gateway at `url` is an app, and `bia`, who works there."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__()
        self.connector = BotConnector(folder)
        self.run(self.connector.start())
        self.connector.members.add("29:bia")
        self._http = self.run(_client(url))
        self.bia = Person(self.connector, self._http)

    @property
    def settings(self) -> dict[str, str]:
        """What the gateway is started with."""
        trusted = {"REQUESTS_CA_BUNDLE": str(self.connector.certificate), "NO_PROXY": "127.0.0.1"}
        return self.connector.environment() | trusted

    def close(self) -> None:
        """End it."""
        self.run(self._http.aclose())
        self.run(self.connector.stop())
        self.stop()


async def _client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, trust_env=False, timeout=30)


@pytest.fixture
def team(stack: Stack, tmp_path: Path) -> Iterator[TeamsInAThread]:
    """A Teams, with the stack's gateway started anew as its app."""
    made = TeamsInAThread(tmp_path, stack.url)
    stack.settings = made.settings
    stack.end("gateway", 30)
    stack.start()
    yield made
    stack.settings = {}
    stack.end("gateway", 30)
    made.close()


def test_an_agent_asks_in_teams_and_solves_it(team: TeamsInAThread) -> None:
    bia = team.bia
    team.run(bia.say(OPENING))
    first = team.run(bia.sees("Verificação 1 de 2"))
    team.run(bia.press(first, "Não resolveu"))
    team.run(bia.sees("Verificação 2 de 2"))
    team.run(bia.say("agora o arquivo foi"))
    team.run(bia.sees("Que bom que resolveu!"))
    assert team.connector.faults == []
