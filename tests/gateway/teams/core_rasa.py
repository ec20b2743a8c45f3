"""Rasa's part played by the core itself, with words that mean what a test says they do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fake_rasa import FakeRasa, answered

from assistant.cases import CaseStore
from assistant.dialogue.router import respond
from assistant.dialogue.state import State
from assistant.dialogue.talk import Talk, World
from assistant.dialogue.turn import read_turn
from tests.support.conversation import responses, world

_PAYLOAD = re.compile(r"/(\w+)(\{.*\})?")


class CoreRasa(FakeRasa):
    """`meanings` says what a text is understood as; any other is not understood."""

    def __init__(self, cases_url: str, meanings: Mapping[str, str]) -> None:
        super().__init__(answer=self._respond)
        self._meanings = meanings
        known = world()
        self._world = World(known.knowledge, known.retriever, CaseStore(cases_url), known.settings)
        self._slots: dict[str, dict[str, Any]] = {}

    def _respond(self, call: dict[str, Any]) -> dict[str, Any]:
        state = State.from_slots(json.loads(json.dumps(self._slots.get(call["sender"], {}))))
        turn = read_turn({**self._understood(call["message"]), "message_id": call["message_id"]})
        talk = Talk(self._world, state, turn, datetime.now(UTC), call["sender"])
        respond(talk)
        self._slots[call["sender"]] = talk.state.to_slots()
        situation, check = talk.state.situation, talk.state.check
        guide = {"situation": situation, "check": check} if situation else None
        return answered([_message(found) for found in talk.messages], guide=guide)

    def _understood(self, text: str) -> dict[str, Any]:
        found = _PAYLOAD.fullmatch(text)
        if found is None:
            meaning = self._meanings.get(text, "nlu_fallback")
            return {"text": text, "intent": {"name": meaning, "confidence": 1.0}}
        option = json.loads(found[2] or "{}").get("option", "")
        entities = [{"entity": "option", "value": option}]
        return {"text": text, "intent": {"name": found[1]}, "entities": entities}


def _message(message: Any) -> dict[str, Any]:
    text = responses()[message.response].format(**{"before": "", "after": "", **message.values})
    return {"text": text.strip(), "buttons": message.buttons(), "custom": message.parts.custom()}
