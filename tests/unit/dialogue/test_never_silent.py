"""Every meaning is answered wherever a conversation can stand: no silence, no exception."""

from __future__ import annotations

import pytest

from assistant.dialogue.deciding import _BY_KIND
from assistant.dialogue.turn import (
    CASE_CLOSED,
    FALLBACK,
    HAND_BACK,
    OUT_OF_SCOPE,
    REPLIES,
    SMALL_TALK,
    UNSURE,
    Turn,
)
from tests.support.conversation import Conversation, render

# Each kind of open question, and what is meant ("intent") or pressed (".option") to get there.
PLACES = {
    "none": [],
    "check": ["queue_hours"],
    "branch": ["survey_unavailable", ".not_resolved"],
    "stuck": ["queue_hours", ".menu_not_found"],
    "asked_admin": ["queue_hours", ".no_permission"],
    "asked_admin_all": ["queue_hours", ".no_permission", ".ask_all"],
    "aside": ["email_send_receive", ".com_erro", ".outlook"],
    "after_articles": ["email_rules", ".not_resolved"],
    "clarify": ["licenses", ".wrong_situation", ".module0"],
    "module": ["help"],
    "lost": ["nlu_fallback"],
    "switch": ["licenses", "slowness"],
    "offer_next": ["licenses", "slowness", ".switch", ".melhorou", ".resolveu"],
    "feedback": ["email_rules", ".resolved"],
    "feedback_reason": ["email_rules", ".resolved", ".not_useful"],
    "offer_case": ["email_rules", ".not_resolved", ".not_resolved"],
    "case_words": ["person"],
    "stopped": ["email_rules", "stop"],
    "handed_over": ["email_rules", "person"],
    "case_solved": ["email_rules", "person", "case_closed 1"],
    "case_next": ["email_rules", "person", "case_closed 1", ".no"],
    "case_next_unknown": ["person", "person", "case_closed 1", ".no"],
    "solved_by_person": ["email_rules", "person", "case_closed 1", ".yes"],
    "handed_back": ["email_rules", "person", "hand_back email_rules."],
}
GIVEN = [(HAND_BACK, "."), (HAND_BACK, "licenses.contrato"), (HAND_BACK, "x.y"), (CASE_CLOSED, "7")]
INTENTS = sorted({*REPLIES, *SMALL_TALK, OUT_OF_SCOPE, UNSURE, FALLBACK, "licenses"})


def arrive(place: str) -> Conversation:
    user = Conversation()
    for step in PLACES[place]:
        if step.startswith("."):
            user.press(step[1:])
            assert "utter_stale_choice" not in user.heard, (place, step)
        elif " " in step:
            user.given(*step.split())
        else:
            user.mean(step)
    return user


@pytest.mark.parametrize("intent", INTENTS)
@pytest.mark.parametrize("place", PLACES)
def test_every_meaning_is_answered_everywhere(place, intent):
    user = arrive(place)
    assert user.mean(intent)
    assert all(render(message) for message in user.messages)


@pytest.mark.parametrize("place", PLACES)
def test_every_button_is_answered_everywhere(place):
    for option in arrive(place).options:
        user = arrive(place)
        assert "utter_stale_choice" not in user.press(option.id)
        assert all(render(message) for message in user.messages)


@pytest.mark.parametrize(
    "place",
    PLACES,
)
def test_a_person_is_reached_from_everywhere(place):
    user = arrive(place)
    case = user.state.case
    user.mean("person")
    if user.heard == ["utter_ask_case_words"]:
        user.mean("person")
    known = "utter_case_reopened" if case and case.get("closed") else "utter_case_known"
    cases = {"utter_case_opened", "utter_case_short"}
    assert user.heard[0] == known if case else user.heard[0] in cases


@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("place", PLACES)
def test_what_the_team_did_is_answered_everywhere(place, given):
    user = arrive(place)
    assert user.given(*given)
    assert all(render(message) for message in user.messages)


@pytest.mark.parametrize("place", PLACES)
def test_everything_can_be_started_over_from_everywhere(place):
    user = arrive(place)
    user.mean("start_over")
    assert user.state.situation is None
    assert user.state.records == []


@pytest.mark.parametrize("text", ["😀", "a" * 2001])
@pytest.mark.parametrize("place", PLACES)
def test_the_unreadable_is_answered_everywhere(place, text):
    assert arrive(place).take(Turn(text))


def test_the_places_cover_every_kind_of_question_but_the_rare_ones():
    reached = {user.state.pending.kind for user in map(arrive, PLACES) if user.state.pending}
    rare = {"returning", "error_article", "suggestion"}  # see test_router and test_opening
    assert reached | rare == set(_BY_KIND)
