"""Whole conversations by phenomenon, with the trained model: what is meant, not how it is worded.

Each file beside this one is a phenomenon. A turn says a text, presses an option, tells what a
person of the team did, or lets minutes pass; then come the names of the responses, the situation,
the check, outcomes, what is on offer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.conversation import Conversation
from trainer.evaluate.parsing import parse

FOLDER = Path(__file__).parent
LEAST_CONVERSATIONS = 40
FIELDS = {
    "say",
    "press",
    "team",
    "wait",
    "hears",
    "situation",
    "check",
    "outcomes",
    "offers",
    "case",
}


def _read() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        for story in yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"]:
            found.append(pytest.param(story["turns"], id=f"{path.stem}: {story['name']}"))
    return found


STORIES = _read()


@pytest.mark.parametrize("turns", STORIES)
def test_a_conversation(turns: list[dict[str, Any]]) -> None:
    conversation = Conversation(parse)
    for number, turn in enumerate(turns, 1):
        assert set(turn) <= FIELDS, f"turn {number}: unknown fields {set(turn) - FIELDS}"
        _do(conversation, turn)
        _expect(conversation, turn, f"turn {number} ({turn.get('say') or turn.get('press')})")


def test_enough_conversations_ran() -> None:
    assert len(STORIES) >= LEAST_CONVERSATIONS


def _do(conversation: Conversation, turn: dict[str, Any]) -> None:
    conversation.wait(turn.get("wait", 0))
    if "say" in turn:
        conversation.say(turn["say"])
    elif "press" in turn:
        conversation.press(turn["press"])
    elif "team" in turn:
        conversation.given(*turn["team"].split(" ", 1))


def _expect(conversation: Conversation, turn: dict[str, Any], where: str) -> None:
    state = conversation.state
    if "hears" in turn:
        assert conversation.heard == turn["hears"], where
    for name in ("situation", "check"):
        if name in turn:
            assert getattr(state, name) == turn[name], where
    for check, outcome in turn.get("outcomes", {}).items():
        found = [r.outcome for r in state.records if r.check == check]
        assert found[-1:] == [outcome], f"{where}: {check}"
    if "offers" in turn:
        offered = {o.id for o in conversation.options}
        assert set(turn["offers"]) <= offered, f"{where}: {offered}"
    if "case" in turn:
        assert bool(state.case) is turn["case"], where
