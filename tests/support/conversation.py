"""A conversation held with the core as the action holds it, clock and cases under control."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

import yaml

from assistant.cases import CaseStore
from assistant.dialogue.messages import Message, plain_lines
from assistant.dialogue.router import respond
from assistant.dialogue.state import Option, State
from assistant.dialogue.talk import Talk, World
from assistant.dialogue.turn import Turn, read_turn
from assistant.knowledge import load_knowledge
from assistant.retrieval import Retriever
from assistant.settings import ROOT, Settings

Parse = Callable[[str], Mapping[str, Any]]


@lru_cache(maxsize=1)
def world() -> World:
    """Return the real knowledge, with cases in memory."""
    settings = Settings()
    knowledge = load_knowledge(settings.knowledge_dir)
    return World(knowledge, Retriever(knowledge), CaseStore("sqlite://"), settings)


@lru_cache(maxsize=1)
def responses() -> dict[str, str]:
    """Return the text of each response of domain.yml."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return {name: found[0]["text"] for name, found in domain["responses"].items()}


class Conversation:
    """What a user does, and what the assistant says."""

    def __init__(self, parse: Parse | None = None) -> None:
        self._parse = parse
        self.id = uuid.uuid4().hex
        self._slots: dict[str, Any] = {}
        self.now = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
        self.turns = 0
        self.messages: list[Message] = []

    @property
    def state(self) -> State:
        """Return the state as it would be read from the slots."""
        return State.from_slots(json.loads(json.dumps(self._slots)))

    @property
    def heard(self) -> list[str]:
        """Return the names of the last turn's responses."""
        return [m.response for m in self.messages]

    @property
    def options(self) -> list[Option]:
        """Return what can be chosen now."""
        return self.state.pending.options if self.state.pending else []

    def say(self, text: str) -> list[str]:
        """Send a text through the trained model; return the names of the responses."""
        assert self._parse is not None
        return self.take(read_turn(self._parse(text)))

    def mean(self, intent: str, text: str = "x y z", **more: Any) -> list[str]:
        """Send a message that NLU is sure of; return the names of the responses."""
        latest = {"text": text, "intent": {"name": intent, "confidence": 1.0}, **more}
        return self.take(read_turn(latest))

    def press(self, option_id: str, serial: int | None = None) -> list[str]:
        """Press a button of the open question (or of an older one, by its serial)."""
        pending = self.state.pending
        number = serial if serial is not None else (pending.serial if pending else 0)
        return self.take(Turn(text="/choose", intent="choose", option=f"{number}.{option_id}"))

    def given(self, intent: str, option: str) -> list[str]:
        """Send what the gateway tells by payload; return the names of the responses."""
        return self.take(Turn(text=f"/{intent}", intent=intent, option=option))

    def take(self, turn: Turn) -> list[str]:
        """Answer one turn and keep its state."""
        self.turns += 1
        self.now += timedelta(seconds=20)
        turn = Turn(**{**vars(turn), "message_id": f"m{self.turns}"})
        talk = Talk(world(), self.state, turn, self.now, self.id)
        respond(talk)
        assert talk.messages, f"silence after {turn.text!r}"
        self.messages = talk.messages
        self._slots = talk.state.to_slots()
        return self.heard

    def wait(self, minutes: int) -> None:
        """Let time pass."""
        self.now += timedelta(minutes=minutes)

    def text(self) -> str:
        """Return the last turn as a plain channel shows it."""
        return "\n\n".join(render(m) for m in self.messages)


def render(message: Message) -> str:
    """Return a message as a plain channel shows it, its choices numbered."""
    before, after = plain_lines(message.parts, world().knowledge.labels)
    text = responses()[message.response].format(
        **{"before": before and f"{before}\n\n", "after": after and f"\n{after}", **message.values}
    )
    choices = [f"  {i}. {b['title']}" for i, b in enumerate(message.buttons(), 1)]
    return "\n".join([text, *choices])
