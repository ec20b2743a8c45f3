"""The guide action for an action server of the tests: some words make it fail, as a fault would."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.guide import ActionGuide

FAILS_INSIDE, FAILS_OUTSIDE = "zarabatana", "quiproquó"


class SpoiltGuide(ActionGuide):
    """Registered after ActionGuide, and by the same name, so this one is called."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Fail where nothing of ours catches it, with the user's words in the exception."""
        words = tracker.latest_message["text"]
        if FAILS_OUTSIDE in words:
            raise ValueError(words)
        return await super().run(dispatcher, tracker, domain)

    def _answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        words = tracker.latest_message["text"]
        if FAILS_INSIDE in words:
            raise ValueError(words)
        return super()._answer(dispatcher, tracker)
