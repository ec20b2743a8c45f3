"""The gateway with a fake Slack, as a plugin: `pytest_plugins = ["slack_fixtures"]`.

No conftest.py: the tests of the folder above import theirs by that name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio
from fake_rasa import FakeRasa
from fake_slack import APP_TOKEN, BOT_TOKEN, DESK, SIGNING_SECRET, FakeSlack
from fastapi import FastAPI
from slack_person import Person
from slack_support import guided
from visitor import Visitor, arrive

from gateway.app import create_app
from gateway.channels.slack.settings import SlackSettings
from gateway.delivery.settings import CourierPace, SinkSettings
from gateway.settings import Settings

# Ten minutes pass in a second.
QUICK_COURIER = CourierPace(poll=0.02, pause=0.0, first_wait=0.02, longest_wait=0.05)


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = FakeSlack()
    await fake.start()
    yield fake
    await fake.stop()
    assert not fake.faults


@pytest.fixture
def slack_settings(slack: FakeSlack) -> SlackSettings:
    return SlackSettings(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        cases_channel=DESK,
        api=f"{slack.url}/api/",
    )


@pytest.fixture
def with_slack(
    settings: Settings, slack_settings: SlackSettings, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Settings with Slack; nothing waits for seconds then."""
    monkeypatch.setattr("gateway.channels.slack.socket.FIRST_WAIT", 0.02)
    monkeypatch.setattr("gateway.channels.slack.people._FIRST_WAIT", 0.02)
    return replace(settings, sinks=SinkSettings(slack=slack_settings, pace=QUICK_COURIER))


@pytest_asyncio.fixture
async def slack_app(with_slack: Settings, rasa: FakeRasa) -> AsyncIterator[FastAPI]:
    """The gateway, with a Rasa that walks the small guide."""
    rasa.answer = guided(with_slack.access.cases_url)
    made = create_app(with_slack, rasa.transport())
    async with made.router.lifespan_context(made):
        yield made


@pytest_asyncio.fixture
async def slack_http(slack_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(slack_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


@pytest_asyncio.fixture
async def user(slack_http: httpx.AsyncClient) -> Visitor:
    """Someone at the widget."""
    return await arrive(slack_http)


@pytest.fixture
def agent(slack: FakeSlack) -> Person:
    return Person(slack)


@pytest.fixture
def colleague(slack: FakeSlack) -> Person:
    return Person(slack, "UBIA")
