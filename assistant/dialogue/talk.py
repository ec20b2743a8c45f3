"""One turn while it is being answered: what is known, what is said, what is remembered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from assistant.dialogue.messages import Message, Parts
from assistant.dialogue.state import Option, Pending, State
from assistant.dialogue.turn import Turn
from assistant.knowledge import Check, Knowledge, Situation
from assistant.settings import Settings

if TYPE_CHECKING:  # scikit-learn takes seconds, and the gateway needs links without it
    from assistant.retrieval import Retriever


class Cases(Protocol):
    """Where handed-over cases are kept."""

    def open(self, key: str, conversation: str, sheet: list[str], facts: dict[str, Any]) -> int:
        """Store a case under a unique key and return its number; a known key gives the first's."""


@dataclass(frozen=True)
class World:
    """What does not change from turn to turn."""

    knowledge: Knowledge
    retriever: Retriever
    cases: Cases
    settings: Settings


@dataclass
class Talk:
    """The turn at work."""

    world: World
    state: State
    turn: Turn
    now: datetime
    conversation: str = ""
    messages: list[Message] = field(default_factory=list)

    @property
    def labels(self) -> Any:
        """Return the short texts of knowledge/labels.yml."""
        return self.world.knowledge.labels

    @property
    def situation(self) -> Situation | None:
        """Return the situation whose guide is open."""
        return self.world.knowledge.situations.get(self.state.situation or "")

    @property
    def check(self) -> Check | None:
        """Return the check that is open."""
        return self.situation.check(self.state.check or "") if self.situation else None

    def named(self, situation_id: str) -> Situation:
        """Return a situation by id."""
        return self.world.knowledge.situations[situation_id]

    def say(self, response: str, parts: Parts = Parts(), **values: Any) -> None:
        """Add a message that asks nothing."""
        self.messages.append(Message(response, values, parts))

    def ask(
        self,
        kind: str,
        response: str,
        options: Iterable[Option],
        parts: Parts = Parts(),
        data: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Add a message that asks, and remember the question in place of the one before."""
        self.state.serial += 1
        self.state.pending = Pending(
            kind, self.state.serial, list(options), data or {}, response, values
        )
        self.messages.append(Message(response, values, parts, self.state.pending))

    def option(self, option_id: str, *replies: str, label: str = "", more: bool = False) -> Option:
        """Return an option labelled by knowledge/labels.yml, or by `label`."""
        return Option(option_id, label or self.labels[option_id], list(replies), more=more)
