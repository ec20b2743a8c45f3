"""The one guide action: tracker in, one call to the core, messages and slots out."""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from assistant.cases import CaseStore
from assistant.dialogue.messages import Message, plain_lines
from assistant.dialogue.router import respond
from assistant.dialogue.state import State
from assistant.dialogue.talk import Talk, World
from assistant.dialogue.turn import read_turn
from assistant.knowledge import load_knowledge
from assistant.retrieval import Retriever
from assistant.settings import Settings
from rasa_components.logs import bound

logger = logging.getLogger(__name__)

# Channels that draw progress, menu path, links and choices themselves.
DRAWING_CHANNELS = frozenset({"gateway"})


@lru_cache(maxsize=1)
def world() -> World:
    """Return what every turn shares, loaded when first asked for."""
    settings = Settings.from_env()
    if settings.cases_url.startswith("postgresql"):
        from rasa_components.stores.patience import limit_waiting

        limit_waiting()
    knowledge = load_knowledge(settings.knowledge_dir)
    return World(knowledge, Retriever(knowledge), CaseStore(settings.cases_url), settings)


class TurnFailed(Exception):
    """Names the class of what went wrong: the server sends an exception's text on to Rasa."""


class ActionGuide(Action):
    """Answers every turn; what it does depends on the state, which the core knows."""

    def name(self) -> str:
        """Return the name that domain.yml and the rules use."""
        return "action_guide"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Answer the latest message; return the slots that changed; raise TurnFailed."""
        latest = tracker.latest_message or {}
        with bound((latest.get("metadata") or {}).get("request_id"), tracker.sender_id):
            try:
                events = self._answer(dispatcher, tracker)
            except Exception as error:
                logger.exception("turn %s failed", latest.get("message_id"))
                raise TurnFailed(type(error).__name__) from None
            said = len(dispatcher.messages)
            logger.info("turn %s: %d messages", latest.get("message_id"), said)
            return events

    def _answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        state = State.from_slots(tracker.slots)
        before = state.to_slots()
        turn = read_turn(tracker.latest_message)
        talk = Talk(world(), state, turn, datetime.now(timezone.utc), tracker.sender_id)
        respond(talk)
        draws = tracker.get_latest_input_channel() in DRAWING_CHANNELS
        for message in talk.messages:
            utter(dispatcher, message, draws)
        after = state.to_slots()
        return [SlotSet(name, value) for name, value in after.items() if value != before[name]]


def utter(dispatcher: CollectingDispatcher, message: Message, draws: bool) -> None:
    """Send one message: parts as `custom` where the channel draws them, else as plain lines."""
    before, after = ("", "") if draws else plain_lines(message.parts, world().knowledge.labels)
    values: dict[str, Any] = {
        "before": f"{before}\n\n" if before else "",
        "after": f"\n{after}" if after else "",
        **message.values,
    }
    custom = message.parts.custom() if draws else {}
    buttons = message.buttons()
    if not draws:  # `rasa shell` prints every key of a button
        buttons = [{key: button[key] for key in ("title", "payload")} for button in buttons]
    dispatcher.utter_message(
        response=message.response, buttons=buttons, json_message=custom, **values
    )
