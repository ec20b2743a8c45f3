"""Slack is off unless it is configured; a wrong setting has a name."""

from __future__ import annotations

import socket

import httpx
import pytest
from fake_rasa import FakeRasa

from gateway.app import create_app
from gateway.channels.slack.settings import SlackSettings
from gateway.channels.slack.texts import load_slack_texts
from gateway.delivery.settings import SinkSettings
from gateway.settings import Settings


async def test_everything_starts_without_a_token(settings: Settings, rasa: FakeRasa) -> None:
    assert SinkSettings.from_env({}).slack is None
    app = create_app(settings, rasa.transport())
    async with app.router.lifespan_context(app):
        assert not app.state.services.team.routers
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            assert (await client.post("/slack/events")).status_code == 404


def test_nothing_is_sent_while_it_is_built(
    settings: Settings, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    slack = SlackSettings("xoxb-x", "xapp-x", "segredo", "C1")
    sinks = SinkSettings(slack=slack)
    app = create_app(Settings(**{**vars(settings), "sinks": sinks}), rasa.transport())
    assert len(app.state.services.team.routers) == 1


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"OMNI_SLACK_BOT_TOKEN": "xoxb-1"}, "OMNI_SLACK_APP_TOKEN"),
        (
            {
                "OMNI_SLACK_BOT_TOKEN": "xoxb-1",
                "OMNI_SLACK_APP_TOKEN": "xapp-1",
                "OMNI_SLACK_API": "slack.com",
            },
            "OMNI_SLACK_API",
        ),
        ({"OMNI_SLACK_BOT_TOKEN": "xapp-1", "OMNI_SLACK_APP_TOKEN": "xoxb-1"}, "BOT_TOKEN"),
        ({"OMNI_SLACK_BOT_TOKEN": "xoxb-1", "OMNI_SLACK_APP_TOKEN": "xoxb-1"}, "APP_TOKEN"),
        (
            {
                "OMNI_SLACK_BOT_TOKEN": "xoxb-1",
                "OMNI_SLACK_APP_TOKEN": "xapp-1",
                "OMNI_SLACK_CASES_CHANNEL": "#casos",
            },
            "OMNI_SLACK_CASES_CHANNEL",
        ),
    ],
)
def test_a_wrong_setting_is_named(env: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        SlackSettings.from_env(env)


def test_no_token_is_shown() -> None:
    made = SlackSettings("xoxb-secreto", "xapp-secreto", "assinatura-secreta")
    assert "secret" not in repr(made)


def test_the_texts_are_complete() -> None:
    assert load_slack_texts().help.startswith("Escreva")
