"""Long conversations are read in parts: nothing that is remembered gets lost at a seam."""

from __future__ import annotations

from rasa.shared.core.events import ActiveLoop, SessionStarted

from rasa_components.stores import sessions
from rasa_components.stores.sessions import LONGEST_SESSION, next_session
from tests.rasa.talking import SENDER, start, texts, told, turn

SLOTS = {"situation": "slowness", "check": "rede", "serial": 7}


def number(of: int) -> str:
    return f"01J9ZK4T5V6W7X8Y9ZABCD{of:04d}"


async def test_what_a_turn_reads_stays_bounded_and_nothing_is_dropped(store):
    most = 0
    for n in range(100):
        tracker = await turn(store, number(n), f"texto {n}", "certo", **SLOTS)
        most = max(most, len(tracker.events))
    assert most < LONGEST_SESSION + 15
    whole = await store.retrieve_full_tracker(SENDER)
    assert texts(whole) == [f"texto {n}" for n in range(100)]
    assert sum(isinstance(event, SessionStarted) for event in whole.events) > 1


async def test_slots_are_known_after_the_seam_and_unset_ones_are_not(store, monkeypatch):
    monkeypatch.setattr(sessions, "LONGEST_SESSION", 5)
    await turn(store, number(0), "oi", "certo", **SLOTS, pending="x")
    await turn(store, number(1), "sim", "certo", pending=None)
    tracker = await store.retrieve(SENDER)
    assert texts(tracker) == []
    assert {name: tracker.get_slot(name) for name in SLOTS} == SLOTS
    assert tracker.get_slot("pending") is None
    assert (await told(store, number(1), ("situation", "pending"))).slots == {
        "situation": "slowness",
        "pending": None,
    }


async def test_the_turn_before_the_seam_can_still_be_asked_for(store, monkeypatch):
    monkeypatch.setattr(sessions, "LONGEST_SESSION", 5)
    await turn(store, number(0), "oi", "certo", situation="a")
    await turn(store, number(1), "sim", "feito", situation="b")
    said = await store.answers(SENDER, number(1))
    assert [message["text"] for message in said] == ["feito"]
    found = (await told(store, number(1), around=("situation",))).turn
    assert (found["before"]["situation"], found["after"]["situation"]) == ("a", "b")


async def test_a_session_is_never_ended_within_a_form_or_a_turn(store):
    tracker = store.init_tracker(SENDER)
    start(tracker)
    while len(tracker.events) <= LONGEST_SESSION:
        start(tracker)
    assert next_session(tracker)
    tracker.update(ActiveLoop("form"))
    assert next_session(tracker) == []
