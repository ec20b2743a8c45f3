"""The gateway with a fake Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import pytest_asyncio
from fake_slack import APP_TOKEN, BOT_TOKEN, DESK, SIGNING_SECRET, FakeSlack
from slack_person import Person

from gateway.channels.slack.settings import SlackSettings
from gateway.delivery.settings import SinkSettings
from gateway.settings import Settings


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
def with_slack(settings: Settings, slack_settings: SlackSettings) -> Settings:
    return replace(settings, sinks=SinkSettings(slack=slack_settings))


@pytest.fixture
def agent(slack: FakeSlack) -> Person:
    return Person(slack)


@pytest.fixture
def colleague(slack: FakeSlack) -> Person:
    return Person(slack, "UBIA")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing waits for seconds here."""
    monkeypatch.setattr("gateway.channels.slack.socket.FIRST_WAIT", 0.02)
    monkeypatch.setattr("gateway.channels.slack.people._FIRST_WAIT", 0.02)
    monkeypatch.setattr("gateway.delivery.courier.POLL_SECONDS", 0.02)
    yield


