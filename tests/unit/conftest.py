"""Unit tests: one function of the core at a time, no network, cases kept in a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

import pytest

from assistant.dialogue.state import State
from assistant.dialogue.talk import Talk
from assistant.dialogue.turn import Turn
from assistant.knowledge import Knowledge
from tests.support.conversation import Conversation, world
from tests.support.network import no_network  # noqa: F401

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


@dataclass
class KeptCases:
    """Cases as they were handed over, numbered from 1."""

    opened: list[dict[str, Any]] = field(default_factory=list)

    def open(self, key: str, conversation: str, sheet: list[str], facts: dict[str, Any]) -> int:
        self.opened.append({"key": key, "sheet": sheet, "facts": facts})
        return len(self.opened)


@pytest.fixture
def knowledge() -> Knowledge:
    """The real knowledge."""
    return world().knowledge


@pytest.fixture
def user() -> Conversation:
    """Someone who has said nothing yet."""
    return Conversation()


@pytest.fixture
def cases() -> KeptCases:
    """Where the cases of `talk_of` end up."""
    return KeptCases()


@pytest.fixture
def talk_of(cases: KeptCases) -> Callable[..., Talk]:
    """Make a turn at work from fields of the state: `talk_of(situation="licenses")`."""

    def make(turn: Turn = Turn("x y z", message_id="m1"), **state: Any) -> Talk:
        return Talk(replace(world(), cases=cases), State(**state), turn, NOON, "conversation")

    return make
