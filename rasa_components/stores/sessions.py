"""Long conversations: a turn reads its session alone, so a session is ended before it gets long."""

from __future__ import annotations

from typing import List

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

# Events, of which a turn has about ten. Each that is read costs every later turn 0.03 ms, and is
# sent to the action server; docs/performance.md has what 1,000 turns cost without this.
LONGEST_SESSION = 200


def next_session(tracker: DialogueStateTracker) -> List[Event]:
    """Return the events that begin the next session, [] where this one is short or in a turn.

    They are those of Rasa's own action_session_start with slots carried over: whoever talks
    notices nothing, and the events before stay where they are.
    """
    if len(tracker.events) <= LONGEST_SESSION or not _between_turns(tracker):
        return []
    known = [slot for slot in tracker.slots.values() if slot.value != slot.initial_value]
    return [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        *(SlotSet(slot.name, slot.value) for slot in known),
        ActionExecuted(ACTION_LISTEN_NAME),
    ]


def _between_turns(tracker: DialogueStateTracker) -> bool:
    return tracker.latest_action_name == ACTION_LISTEN_NAME and not tracker.active_loop_name
