"""Opens an incident and tells its status, without a ticket system behind: its "local mode"."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import AllSlotsReset, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

PRIORITIES = ("alta", "média", "baixa")


class AskEmail(Action):
    """Asks for the e-mail address."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_ask_email"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        """Ask."""
        dispatcher.utter_message(response="utter_email")
        return []


class ValidateOpenIncident(FormValidationAction):
    """Accepts three priorities."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "validate_open_incident_form"

    def validate_priority(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        """Return the priority, or ask again."""
        return {"priority": value if str(value).lower() in PRIORITIES else None}


class OpenIncident(Action):
    """Says what would be opened, and forgets the details but for the address."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_open_incident"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        """Open it."""
        names = ("email", "priority", "incident_title", "problem_description")
        said = "; ".join(f"{name}: {tracker.get_slot(name)}" for name in names)
        dispatcher.utter_message(text=f"Chamado aberto. {said}")
        return [AllSlotsReset(), SlotSet("previous_email", tracker.get_slot("email"))]


class CheckStatus(Action):
    """Says that the newest incident is being looked at."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_check_incident_status"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        """Tell it."""
        dispatcher.utter_message(text="O chamado está em análise.")
        return [AllSlotsReset(), SlotSet("previous_email", tracker.get_slot("email"))]
