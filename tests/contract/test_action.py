"""The action as rasa-sdk finds and runs it: tracker in, messages and changed slots out."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions import guide
from assistant.dialogue.state import State
from tests.support.conversation import world


@pytest.fixture(autouse=True)
def cases_in_memory(monkeypatch):
    monkeypatch.setattr(guide, "world", world)


def tracker(intent: str, channel: str, slots: dict[str, Any], text: str = "x y z") -> Tracker:
    latest = {"intent": {"name": intent, "confidence": 1.0}, "text": text, "message_id": "m1"}
    user = {"event": "user", "input_channel": channel, "text": text}
    return Tracker("sender", slots, latest, [user], False, None, {}, "action_listen")


def run(intent: str, channel: str = "rest", slots: dict[str, Any] | None = None, **more: Any):
    """Run the action for one message; return its events and what it sent."""
    dispatcher = CollectingDispatcher()
    held = dict.fromkeys(State().to_slots()) | (slots or {})
    events = asyncio.run(
        guide.ActionGuide().run(dispatcher, tracker(intent, channel, held, **more), {})
    )
    return events, dispatcher.messages


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in events}


def test_rasa_sdk_finds_the_guide_action_and_no_other():
    executor = ActionExecutor()
    executor.register_package("actions")
    assert list(executor.actions) == ["action_guide"]


def test_the_domain_lists_the_same_action(domain):
    assert domain["actions"] == ["action_guide"]


def test_the_events_set_the_changed_slots_alone():
    events, _ = run("queue_hours")
    assert {event["event"] for event in events} == {"slot"}
    expected = {"situation", "check", "records", "pending", "user_words", "confidence", "serial"}
    assert set(slots_of(events)) == expected | {"last_turn_at"}


def test_what_does_not_change_is_not_set_again():
    first, _ = run("queue_hours")
    events, _ = run("repeat", slots=slots_of(first))
    assert set(slots_of(events)) - {"last_turn_at"} == {"pending", "serial"}


def test_the_slots_are_json_and_carry_the_conversation_on():
    first, _ = run("queue_hours")
    slots = json.loads(json.dumps(slots_of(first)))
    events, messages = run("not_resolved", slots=slots)
    assert [m["response"] for m in messages] == ["utter_check"]
    assert slots_of(events)["check"] == "feriados"


def test_a_channel_that_draws_gets_the_parts_as_custom():
    _, messages = run("queue_hours", "gateway")
    opened, check = messages
    assert [m["response"] for m in messages] == ["utter_guide_opened", "utter_check"]
    assert not opened["custom"]
    assert set(check["custom"]) == {"progress", "menu"}
    assert (check["before"], check["after"]) == ("", "")


@pytest.mark.parametrize("channel", ["rest", "cmdline", "slack"])
def test_any_other_channel_gets_the_parts_as_lines(channel):
    _, (_, check) = run("queue_hours", channel)
    assert not check["custom"]
    assert check["before"].endswith("\n\n")


def test_buttons_carry_title_payload_and_rank():
    events, (_, check) = run("queue_hours", "gateway")
    serial = slots_of(events)["serial"]
    assert all(set(button) == {"title", "payload", "more"} for button in check["buttons"])
    payload = json.loads(check["buttons"][0]["payload"].removeprefix("/choose"))
    assert payload == {"option": f"{serial}.resolved"}


def test_what_the_response_asks_for_goes_with_it():
    _, (opened, check) = run("queue_hours")
    assert set(opened) >= {"title", "summary", "before", "after"}
    assert set(check) >= {"body", "question", "before", "after"}


def test_every_turn_is_answered_even_an_empty_one():
    _, messages = run("nlu_fallback", text="")
    assert [m["response"] for m in messages] == ["utter_no_words"]
