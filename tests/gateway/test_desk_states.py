"""Every action of an agent in every state of a case: what it makes of it, or why not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.handoff.states import Actions, Refused
from gateway.handoff.texts import load_desk_texts
from gateway.store.values import Agent, Handoff, Holder

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=15)
ANA, RUI = Agent("slack:T:ana", "Ana"), Agent("teams:T:rui", "Rui")
TEXTS = load_desk_texts()
STATES: tuple[Holder, ...] = ("waiting", "person", "assistant", "closed")


def case(state: Holder, holder: Agent | None = None, **more: Any) -> Handoff:
    values: dict[str, Any] = {"due_at": None, "raised": 0, "events": 3, **more}
    return Handoff(12, "C", state, holder, NOON, NOON, **values)


def due(state: Holder, raised: int) -> datetime | None:
    return LATER + timedelta(minutes=raised) if state in ("waiting", "person") else None


ACTIONS = Actions(TEXTS, due)
BY_NAME = {
    "assume": ACTIONS.assume(ANA),
    "pass": ACTIONS.pass_on(ANA),
    "reply": ACTIONS.reply(ANA, ["Olá", "Tudo bem?"], "D"),
    "hand_back": ACTIONS.hand_back(ANA, "licenses", "contrato"),
    "close": ACTIONS.close(ANA, "trocou a licença"),
    "end": ACTIONS.end(ANA, None),
    "relabel": ACTIONS.relabel(ANA, "slowness"),
}
HELD = TEXTS.already_held.format(name="Rui")
FIRST, CLOSED = TEXTS.assume_first, TEXTS.already_closed
# What becomes of a case that: waits, Ana has, Rui has, the assistant has, is closed. A state, a
# refusal, or None where nothing changes.
TABLE: dict[str, tuple[Any, Any, Any, Any, Any]] = {
    "assume": ("person", None, HELD, "person", CLOSED),
    "pass": (FIRST, "waiting", HELD, FIRST, CLOSED),
    "reply": (FIRST, "person", HELD, FIRST, CLOSED),
    "hand_back": (FIRST, "assistant", HELD, FIRST, CLOSED),
    "close": (FIRST, "closed", HELD, FIRST, CLOSED),
    "end": ("closed", "closed", "closed", "closed", CLOSED),
    "relabel": ("waiting", "person", "person", "assistant", "closed"),
}
CASES = (case("waiting"), case("person", ANA), case("person", RUI), case("assistant"),
         case("closed"))  # fmt: skip


@pytest.mark.parametrize("action", TABLE)
@pytest.mark.parametrize("place", range(len(CASES)))
def test_every_action_in_every_state(action: str, place: int) -> None:
    expected = TABLE[action][place]
    if expected is None or expected in STATES:
        change = BY_NAME[action](CASES[place])
        assert (change and change.state) == expected
        assert change is None or change.who == ANA
    else:
        with pytest.raises(Refused) as refused:
            BY_NAME[action](CASES[place])
        assert str(refused.value) == expected


def test_every_state_is_in_the_table() -> None:
    assert {one.state for one in CASES} == set(STATES)
    assert set(TABLE) == set(BY_NAME)


def test_who_renamed_themselves_still_holds_it() -> None:
    renamed = Agent(ANA.id, "Ana Maria")
    assert ACTIONS.assume(renamed)(case("person", ANA)) is None
    change = ACTIONS.pass_on(renamed)(case("person", ANA))
    assert change
    assert change.state == "waiting"


def test_a_reply_is_the_persons_own_words_with_their_name() -> None:
    change = BY_NAME["reply"](case("person", ANA, due_at=NOON))
    assert change
    assert [(one.sender, one.text, one.parts, one.via) for one in change.said] == [
        ("person", "Olá", {"author": "Ana"}, "D"),
        ("person", "Tudo bem?", {"author": "Ana"}, "D"),
    ]
    # Who answered is not expected to answer again.
    assert change.due_at is None


@pytest.mark.parametrize(
    ("given", "option"),
    [(("licenses", "contrato"), "licenses.contrato"), ((None, None), "."),
     ((None, "contrato"), ".contrato"), (("licenses", None), "licenses.")],
)  # fmt: skip
def test_handing_back_tells_the_assistant_where(given: Any, option: str) -> None:
    change = ACTIONS.hand_back(ANA, *given)(case("person", ANA))
    assert change
    intent, _, rest = change.to_rasa.partition("{")
    assert (intent, json.loads("{" + rest)) == ("/hand_back", {"option": option})
    assert change.shown == TEXTS.handed_back.format(name="Ana")


def test_closing_tells_the_assistant_which_case() -> None:
    change = BY_NAME["close"](case("person", ANA))
    assert change
    assert change.to_rasa == '/case_closed{"option": "12"}'
    assert (change.reason, change.said) == ("trocou a licença", ())


@pytest.mark.parametrize("action", ["assume", "pass"])
def test_who_is_next_has_until_then(action: str) -> None:
    change = BY_NAME[action](case("waiting") if action == "assume" else case("person", ANA))
    assert change
    assert change.due_at == LATER


def test_a_correction_leaves_the_deadline_alone() -> None:
    change = BY_NAME["relabel"](case("waiting", due_at=LATER))
    assert change
    assert change.due_at == LATER


# By the clock


@pytest.mark.parametrize("state", ["assistant", "closed"])
def test_nothing_is_raised_that_nobody_waits_for(state: Holder) -> None:
    assert ACTIONS.raise_again(LATER)(case(state, due_at=NOON)) is None


@pytest.mark.parametrize("due_at", [None, LATER + timedelta(seconds=1)])
def test_nothing_is_raised_before_it_is_due(due_at: datetime | None) -> None:
    assert ACTIONS.raise_again(LATER)(case("waiting", due_at=due_at)) is None


def test_the_person_is_told_once_and_the_team_at_growing_distance() -> None:
    first = ACTIONS.raise_again(LATER)(case("waiting", due_at=NOON))
    second = ACTIONS.raise_again(LATER)(case("waiting", due_at=NOON, raised=1))
    assert first and second
    assert [one.text for one in first.said] == [TEXTS.nobody_yet.format(number=12)]
    assert second.said == []
    assert (first.kind, second.kind) == ("raised", "raised")
    assert (first.due_at, second.due_at) == (due("waiting", 1), due("waiting", 2))


def test_who_does_not_answer_loses_it_to_the_team_at_last() -> None:
    late = ACTIONS.raise_again(LATER)(case("person", ANA, due_at=NOON))
    assert late
    assert (late.kind, late.state) == ("raised", "person")
    assert [one.text for one in late.said] == [TEXTS.person_late.format(name="Ana")]
    gone = ACTIONS.raise_again(LATER)(case("person", ANA, due_at=NOON, raised=1))
    assert gone
    assert (gone.kind, gone.state, gone.who) == ("passed", "waiting", None)
    assert [one.text for one in gone.said] == [TEXTS.person_gone.format(name="Ana")]
    assert gone.due_at == due("waiting", 0)
