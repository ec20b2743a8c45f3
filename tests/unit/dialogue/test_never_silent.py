"""Every meaning is answered wherever a conversation can stand: no silence, no exception."""

from __future__ import annotations

import pytest

from assistant.dialogue.deciding import _BY_KIND
from assistant.dialogue.turn import FALLBACK, OUT_OF_SCOPE, REPLIES, SMALL_TALK, UNSURE, Turn
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
    "stopped": ["email_rules", "stop"],
    "handed_over": ["email_rules", "person"],
}
INTENTS = sorted({*REPLIES, *SMALL_TALK, OUT_OF_SCOPE, UNSURE, FALLBACK, "licenses"})


def arrive(place: str) -> Conversation:
    user = Conversation()
    for step in PLACES[place]:
        if step.startswith("."):
            user.press(step[1:])
            assert "utter_stale_choice" not in user.heard, (place, step)
        else:
            user.mean(step)
    return user


SILENT = pytest.mark.xfail(
    strict=True, reason="aside.py put_again_or_help says nothing where the question stays open"
)
MUTE = {("module", "repeat"), ("lost", "repeat"), ("feedback", "repeat")}


def every_meaning_everywhere():
    for place in PLACES:
        for intent in INTENTS:
            marks = SILENT if (place, intent) in MUTE else ()
            yield pytest.param(place, intent, marks=marks, id=f"{place}-{intent}")


def but(place: str, reason: str) -> list:
    """Return every place, the one with a known fault marked."""
    fault = pytest.mark.xfail(strict=True, reason=reason)
    return [pytest.param(p, marks=fault if p == place else ()) for p in PLACES]


@pytest.mark.parametrize(("place", "intent"), every_meaning_everywhere())
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
    but("handed_over", "handoff.py hand_over: parking changes the content that is compared"),
)
def test_a_person_is_reached_from_everywhere(place):
    user = arrive(place)
    known = user.state.case is not None
    assert user.mean("person") == ["utter_case_known" if known else "utter_case_opened"]


@pytest.mark.parametrize(
    "place", but("feedback_reason", "router.py _hear: 'start over' is kept as the reason")
)
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
