"""Settings of the Slack app."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
API = "https://slack.com/api/"


@dataclass(frozen=True)
class SlackSettings:
    """With an app token events come by Socket Mode, with a signing secret by HTTP.

    `cases_channel` is the id of the channel that cases are posted to; without one, cases are not.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    cases_channel: str = ""
    api: str = API

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> SlackSettings | None:
        """Read the settings, None where Slack is off; raise ValueError naming a wrong variable."""
        token = env.get("OMNI_SLACK_BOT_TOKEN", "").strip()
        if not token:
            return None
        app = env.get("OMNI_SLACK_APP_TOKEN", "").strip()
        secret = env.get("OMNI_SLACK_SIGNING_SECRET", "").strip()
        if not app and not secret:
            raise ValueError(
                "OMNI_SLACK_APP_TOKEN: falta (Socket Mode), ou OMNI_SLACK_SIGNING_SECRET (HTTP)"
            )
        return cls(
            bot_token=_token("OMNI_SLACK_BOT_TOKEN", token, "xoxb-"),
            app_token=_token("OMNI_SLACK_APP_TOKEN", app, "xapp-"),
            signing_secret=secret,
            cases_channel=_channel(env.get("OMNI_SLACK_CASES_CHANNEL", "").strip()),
            api=_api(env.get("OMNI_SLACK_API", API)),
        )


def _token(name: str, value: str, start: str) -> str:
    # Not the value: it is a secret, and most often the other token.
    if value and not value.startswith(start):
        raise ValueError(f"{name}: não começa com {start}")
    return value


def _channel(value: str) -> str:
    if value and not _CHANNEL.fullmatch(value):
        raise ValueError(f"OMNI_SLACK_CASES_CHANNEL: {value!r} não é o id de um canal (C0123ABCD)")
    return value


def _api(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https"):
        raise ValueError(f"OMNI_SLACK_API: {value!r} não é um endereço http")
    return value if value.endswith("/") else f"{value}/"
