"""After a person of the team had the conversation: handed back at a check, or the case closed."""

from __future__ import annotations

import json

import pytest

from assistant.dialogue.turn import CASE_CLOSED, HAND_BACK, PAYLOADS, read_turn
from tests.support.conversation import Conversation


@pytest.fixture
def held(user: Conversation) -> Conversation:
    """Someone handed over at the second check of a guide."""
    user.mean("licenses", "não há licenças")
    user.press("sem_reducao")
    user.press("person")
    assert user.heard == ["utter_case_opened"]
    return user


def at(user: Conversation) -> tuple[str | None, str | None]:
    return user.state.situation, user.state.check


def test_the_guide_goes_on_at_the_check_that_was_said(held):
    assert held.given(HAND_BACK, "licenses.usuarios_ativos") == ["utter_resumed", "utter_check"]
    assert at(held) == ("licenses", "usuarios_ativos")
    assert held.state.parked == []


def test_what_was_checked_before_is_kept(held):
    before = [(r.check, r.outcome, r.answer) for r in held.state.records]
    held.given(HAND_BACK, "licenses.usuarios_ativos")
    assert [(r.check, r.outcome, r.answer) for r in held.state.records][:2] == before
    done = held.messages[-1].parts.done
    assert len(done) == 1


def test_a_check_that_was_answered_can_be_shown_again(held):
    held.given(HAND_BACK, "licenses.contrato")
    assert at(held) == ("licenses", "contrato")
    assert held.heard == ["utter_resumed", "utter_check"]


@pytest.mark.parametrize("option", [".", "licenses.", "unknown.unknown", "", "licenses.unknown"])
def test_without_a_check_it_goes_on_where_it_stood(held, option):
    held.given(HAND_BACK, option)
    assert at(held) == ("licenses", "novos_usuarios")
    assert held.heard == ["utter_resumed", "utter_check"]


def test_a_check_without_its_situation_is_one_of_the_cases(held):
    held.given(HAND_BACK, ".usuarios_ativos")
    assert at(held) == ("licenses", "usuarios_ativos")


def test_another_situation_is_opened_and_the_open_one_waits(held):
    held.mean("resume")
    held.given(HAND_BACK, "slowness.maquina")
    assert at(held) == ("slowness", "maquina")
    (waiting,) = held.state.parked
    assert (waiting.situation, waiting.check) == ("licenses", "novos_usuarios")
    assert held.state.confidence == 1.0


def test_with_a_guide_open_its_question_is_put_again(user):
    user.mean("queue_hours")
    user.press("menu_not_found")
    assert user.given(HAND_BACK, ".") == ["utter_menu_not_found"]


def test_with_nothing_open_a_friendly_word(user):
    user.mean("person")
    user.press("register_now")
    assert user.given(HAND_BACK, ".") == ["utter_back"]
    assert user.state.pending is None


def test_an_older_button_is_stale_after_handing_back(held):
    serial = held.state.serial
    held.given(HAND_BACK, "licenses.contrato")
    assert held.press("sem_reducao", serial)[0] == "utter_stale_choice"


def test_a_closed_case_is_asked_about(held):
    assert held.given(CASE_CLOSED, "1") == ["utter_ask_case_solved"]
    assert [o.id for o in held.options] == ["yes", "no"]
    assert held.state.case["closed"] is True
    assert held.state.case["outcome"] is None


def test_solved_by_a_person_is_noted_as_that(held):
    held.given(CASE_CLOSED, "1")
    assert held.press("yes") == ["utter_solved", "utter_ask_useful"]
    assert held.state.case["outcome"] == "solved"
    assert held.state.feedback["by"] == "person"
    assert held.state.feedback["situation"] == "licenses"
    # No check did it.
    assert "resolved" not in {r.outcome for r in held.state.records}
    assert held.state.parked == []


def test_thanks_alone_are_no_verdict(held):
    held.given(CASE_CLOSED, "1")
    assert held.mean("thanks") == ["utter_welcome", "utter_ask_case_solved"]
    assert held.state.case["outcome"] is None


@pytest.mark.parametrize("reply", ["deny", "not_resolved"])
def test_not_solved_offers_the_case_the_checks_and_the_articles(held, reply):
    held.given(CASE_CLOSED, "1")
    assert held.mean(reply) == ["utter_case_not_solved"]
    assert [o.id for o in held.options] == ["reopen_case", "go_on", "articles"]
    assert held.state.case["outcome"] == "not_solved"


def test_the_case_is_reopened_under_its_number(held):
    number = held.state.case["number"]
    held.given(CASE_CLOSED, str(number))
    held.press("no")
    assert held.press("reopen_case") == ["utter_case_reopened"]
    assert held.messages[-1].parts.case == number
    assert held.state.case["closed"] is False


def test_the_checks_go_on_where_they_stood(held):
    held.given(CASE_CLOSED, "1")
    held.press("no")
    assert held.press("go_on") == ["utter_resumed", "utter_check"]
    assert at(held) == ("licenses", "novos_usuarios")


def test_the_articles_are_those_of_the_case(held):
    held.given(CASE_CLOSED, "1")
    held.press("no")
    assert held.press("articles") == ["utter_checks_done", "utter_did_articles_solve"]
    assert held.state.situation == "licenses"


def test_an_unknown_problem_offers_what_is_covered(user):
    user.mean("person")
    user.press("register_now")
    user.given(CASE_CLOSED, "1")
    user.press("no")
    assert [o.id for o in user.options] == ["reopen_case", "coverage"]
    assert user.press("coverage") == ["utter_coverage"]


def test_not_solved_after_all_is_heard(held):
    held.given(CASE_CLOSED, "1")
    held.press("yes")
    assert held.mean("not_resolved") == ["utter_case_not_solved"]
    assert held.state.case["outcome"] == "not_solved"
    assert "not_resolved" not in {r.outcome for r in held.state.records if r.check != "contrato"}


def test_who_asks_for_a_person_again_has_the_closed_case_reopened(held):
    held.given(CASE_CLOSED, "1")
    assert held.mean("person") == ["utter_case_reopened"]


def test_a_closed_case_is_not_said_to_be_with_the_team(held):
    held.given(CASE_CLOSED, "1")
    held.press("yes")
    held.press("useful")
    assert held.mean("affirm") == ["utter_nothing_open"]


def test_an_open_guide_is_put_aside_for_the_question(held):
    held.mean("resume")
    held.given(CASE_CLOSED, "1")
    assert held.state.situation is None
    held.press("no")
    held.press("go_on")
    assert at(held) == ("licenses", "novos_usuarios")


def test_a_case_that_is_not_known_here_is_asked_about_too(user):
    assert user.given(CASE_CLOSED, "12") == ["utter_ask_case_solved"]
    assert user.state.case["number"] == 12


@pytest.mark.parametrize("intent", sorted(PAYLOADS))
def test_a_payload_is_read_as_rasa_gives_it(intent):
    latest = {"intent": {"name": intent}, "text": f"/{intent}", "entities": [
        {"entity": "option", "value": "a.b"}]}  # fmt: skip
    turn = read_turn(json.loads(json.dumps(latest)))
    assert (turn.intent, turn.option) == (intent, "a.b")
