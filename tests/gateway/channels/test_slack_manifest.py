"""The manifest, the code and the documentation name the same things."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.channels.slack.app import COMMAND, SHORTCUT

ROOT = Path(__file__).resolve().parents[3]
DOCS = (ROOT / "docs/slack.md").read_text(encoding="utf-8")
CODE = "".join(path.read_text() for path in (ROOT / "gateway/channels/slack").glob("*.py"))
# What each method of the Web API needs, from docs.slack.dev/reference/methods.
NEEDED = {
    "auth_test": set(),
    "apps_connections_open": set(),
    "chat_postMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "conversations_members": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
}
EVENTS = {
    "app_mention": {"app_mentions:read"},
    "app_home_opened": set(),
    "message.im": {"im:history"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "deploy/slack/manifest.yml").read_text())
    return found


def test_the_scopes_are_those_that_are_used(manifest: dict[str, Any]) -> None:
    called = set(re.findall(r"client\.(\w+_\w+)", CODE))
    assert called == set(NEEDED)
    events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert events == set(EVENTS)
    needed = {"commands"}.union(*NEEDED.values(), *EVENTS.values())
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed


def test_each_scope_has_its_reason(manifest: dict[str, Any]) -> None:
    reasons = DOCS.split("## Por que cada permissão")[1].split("## ")[0]
    told = set(re.findall(r"`([\w.]+:[\w.]+)`", reasons)) | {"commands"}
    assert told - {"connections:write"} == set(manifest["oauth_config"]["scopes"]["bot"])


def test_what_it_offers_is_what_the_code_hears(manifest: dict[str, Any]) -> None:
    features = manifest["features"]
    assert [command["command"] for command in features["slash_commands"]] == [COMMAND]
    (shortcut,) = features["shortcuts"]
    assert (shortcut["callback_id"], shortcut["type"]) == (SHORTCUT, "message")
    assert shortcut["name"] == "Ver procedimento"
    assert features["app_home"]["home_tab_enabled"] is True
    assert features["app_home"]["messages_tab_read_only_enabled"] is False
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"]["is_enabled"] is True


def test_it_keeps_slacks_limits(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    (shortcut,) = manifest["features"]["shortcuts"]
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["description"]) <= 150


def test_the_icon_is_one_that_slack_takes() -> None:
    icon = (ROOT / "deploy/slack/icon.png").read_bytes()
    assert icon.startswith(b"\x89PNG")
    assert struct.unpack(">II", icon[16:24]) == (512, 512)
    assert len(icon) < 20_000


def test_every_variable_is_explained() -> None:
    settings = (ROOT / "gateway/channels/slack/settings.py").read_text()
    assert set(re.findall(r"OMNI_SLACK_\w+", settings)) == set(re.findall(r"OMNI_SLACK_\w+", DOCS))
