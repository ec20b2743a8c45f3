"""Turns as Rasa's processor stores them, without a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from rasa_components.stores.told import Told
from rasa_components.stores.tracker import StrictTrackerStore

SENDER = "01J9ZK4T5V6W7X8Y9ZABCDEFGH"
FIRST, SECOND, THIRD = (f"01J9ZK4T5V6W7X8Y9ZABCDEF{n:02d}" for n in range(3))


def events_of(message_id: str, text: str, *said: str, **slots: Any) -> list[Event]:
    """Return a turn's events: what the user wrote, what the action did, and listening again."""
    return [
        UserUttered(text, {"name": "greet"}, message_id=message_id, input_channel="gateway"),
        ActionExecuted("action_guide"),
        *(BotUttered(words, {"buttons": [{"title": "Sim", "payload": "/a"}]}) for words in said),
        *(SlotSet(name, value) for name, value in slots.items()),
        ActionExecuted("action_listen"),
    ]


async def turn(
    store: StrictTrackerStore, message_id: str, text: str = "oi", *said: str, **slots: Any
) -> DialogueStateTracker:
    """Store a turn as Rasa does; the first one begins the session."""
    tracker = await store.get_or_create_tracker(SENDER, append_action_listen=False)
    if not tracker.events:
        start(tracker)
    tracker.update_with_events(events_of(message_id, text, *said, **slots), store.domain)
    await store.save(tracker)
    return tracker


def start(tracker: DialogueStateTracker) -> None:
    """Begin a session."""
    for event in ("action_session_start", None, "action_listen"):
        tracker.update(ActionExecuted(event) if event else SessionStarted())


def texts(tracker: DialogueStateTracker | None) -> list[str]:
    """Return what the user wrote, as a tracker holds it."""
    return [e.text for e in tracker.events if isinstance(e, UserUttered)] if tracker else []


async def told(
    store: StrictTrackerStore, message_id: str, now: Sequence[str] = (), around: Sequence[str] = ()
) -> Told:
    """Return what the gateway is told after the turn of a message."""
    return await store.told(SENDER, message_id, now, around)
