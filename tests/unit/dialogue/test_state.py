"""The state travels through Rasa's slots: it must survive JSON unchanged."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields

import pytest

from assistant.dialogue.state import Option, Parked, Pending, Record, State

FULL = State(
    situation="licenses",
    check="contrato",
    records=[Record("licenses", "contrato", "2026-11-22T12:00:00", "answered", "Não", True)],
    pending=Pending("check", 3, [Option("a", "A", ["deny"], ["x"], True)], {"w": 1}, "r", {"b": 2}),
    parked=[Parked("slowness", None, "lento")],
    user_words="sem licença",
    confidence=0.8,
    candidates=["slowness"],
    refused=["email_rules"],
    shown_articles=["sem_licencas"],
    facts={"error_code": ["403"]},
    is_admin=False,
    solved=Parked("licenses", "contrato", "acabou"),
    case={"number": 1, "content": [None, [], ""]},
    feedback={"situation": "licenses", "useful": True, "reason": ""},
    misses=1,
    serial=3,
    last_turn_at="2026-11-22T12:00:00+00:00",
)


@pytest.mark.parametrize("state", [State(), FULL], ids=["empty", "full"])
def test_a_state_survives_the_slots_and_json(state):
    assert State.from_slots(json.loads(json.dumps(state.to_slots()))) == state


def test_the_full_example_leaves_no_field_at_its_default():
    plain = {f.name: f.default for f in fields(State) if f.default is not MISSING}
    assert all(getattr(FULL, name) != default for name, default in plain.items())
    assert all(getattr(FULL, f.name) for f in fields(State) if f.name != "is_admin")


def test_unset_and_foreign_slots_leave_the_defaults():
    unset = dict.fromkeys((f.name for f in fields(State)), None)
    assert State.from_slots({**unset, "requested_slot": "x"}) == State()


def test_a_false_permission_is_not_an_unset_one():
    assert State.from_slots({"is_admin": False}).is_admin is False


def test_slots_are_copies():
    state = State(records=[Record("s", "c", "t")])
    before = state.to_slots()
    state.records[0].outcome = "skipped"
    assert before["records"][0]["outcome"] is None


def test_records_are_those_of_the_open_guide_and_the_newest_counts():
    old, new = Record("a", "c", "1"), Record("a", "c", "2")
    state = State(situation="a", records=[old, Record("b", "c", "3"), new])
    assert state.open_records() == [old, new]
    assert state.record_of("c") is new
    assert state.record_of("other") is None


def test_closing_a_guide_keeps_what_was_recorded():
    state = State.from_slots(FULL.to_slots())
    state.close_guide()
    assert (state.situation, state.check, state.pending, state.misses) == (None, None, None, 0)
    assert state.records == FULL.records


def test_an_option_is_found_by_id():
    assert FULL.pending.option("a").label == "A"
    assert FULL.pending.option("b") is None
