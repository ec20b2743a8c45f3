"""One turn: exactly one thing is done, wherever the conversation stands."""

from __future__ import annotations

import pytest

from assistant.dialogue.turn import Turn
from assistant.text import MAX_CHARACTERS


@pytest.fixture
def guided(user):
    """Someone at the second of three checks."""
    user.mean("queue_hours")
    user.press("not_resolved")
    return user


@pytest.fixture
def solved(user):
    """Someone whose problem was solved, asked whether that was useful."""
    user.mean("email_rules")
    user.press("resolved")
    return user


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("😀👍", "utter_no_words"),
        ("", "utter_no_words"),
        ("?!", "utter_no_words"),
        ("a" * (MAX_CHARACTERS + 1), "utter_too_long"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_question_stays(guided, text, response):
    assert guided.take(Turn(text)) == [response, "utter_check_again"]
    assert guided.state.check == "feriados"


def test_what_cannot_be_read_needs_no_question(user):
    assert user.take(Turn("😀")) == ["utter_no_words"]


def test_exactly_the_limit_is_read(guided):
    assert "utter_too_long" not in guided.mean("resolved", "a" * MAX_CHARACTERS)


def test_an_older_button_does_nothing_but_say_so(guided):
    before = guided.state
    stale = before.pending.serial - 1
    assert guided.press("resolved", serial=stale) == ["utter_stale_choice", "utter_check_again"]
    assert guided.state.records == before.records
    assert guided.press("not_resolved") == ["utter_check"]


def test_a_button_with_nothing_open_is_stale(user):
    assert user.press("resolved") == ["utter_stale_choice"]


def test_a_typed_number_chooses_before_any_understanding(guided):
    assert guided.mean("out_of_scope", "2") == ["utter_check"]
    assert guided.state.record_of("feriados").outcome == "not_resolved"


@pytest.mark.parametrize(
    ("choice", "heard", "situation"),
    [("continue", ["utter_check"], "queue_hours"), ("anew", ["utter_restarted"], None)],
)
def test_whoever_comes_back_later_goes_on_or_begins_anew(guided, choice, heard, situation):
    guided.wait(31)
    assert guided.mean("greet") == ["utter_welcome_back"]
    assert guided.press(choice) == heard
    assert guided.state.situation == situation
    assert bool(guided.state.records) == (choice == "continue")


def test_whoever_comes_back_with_another_problem_is_asked_to_switch(guided):
    guided.wait(31)
    assert guided.mean("slowness", "tudo lento") == ["utter_confirm_switch"]
    assert guided.press("switch") == ["utter_guide_opened", "utter_check"]
    assert (guided.state.situation, guided.state.user_words) == ("slowness", "tudo lento")
    assert [(p.situation, p.check) for p in guided.state.parked] == [("queue_hours", "feriados")]


def test_whoever_comes_back_with_an_answer_is_taken_at_their_word(guided):
    guided.wait(31)
    assert guided.mean("not_resolved") == ["utter_check"]
    assert guided.state.check == "fora_de_servico"


def test_half_an_hour_is_not_yet_away(guided):
    guided.wait(29)
    assert "utter_welcome_back" not in guided.mean("greet")


def test_nobody_is_welcomed_back_without_a_guide(solved):
    solved.wait(31)
    assert solved.mean("greet") == ["utter_greet"]


def test_the_same_problem_again_stays_in_its_guide(guided):
    assert guided.mean("queue_hours") == ["utter_same_problem", "utter_check_again"]


def test_another_problem_is_confirmed_and_can_be_refused(guided):
    assert guided.mean("slowness") == ["utter_confirm_switch"]
    assert guided.press("stay") == ["utter_check"]
    assert (guided.state.check, guided.state.parked) == ("feriados", [])


def test_an_answer_to_the_check_is_heard_before_the_switch_is_settled(guided):
    guided.mean("slowness")
    assert guided.mean("not_resolved") == ["utter_check"]
    assert guided.state.check == "fora_de_servico"


def test_a_good_verdict_is_kept(solved):
    assert solved.heard == ["utter_solved", "utter_ask_useful"]
    assert solved.press("useful") == ["utter_feedback_thanks"]
    expected = {"situation": "email_rules", "useful": True, "reason": ""}
    assert (solved.state.feedback, solved.state.pending) == (expected, None)


def test_the_reason_of_a_bad_verdict_may_be_free_text(solved):
    assert solved.press("not_useful") == ["utter_ask_reason"]
    assert solved.mean("nlu_fallback", "faltou uma figura") == ["utter_feedback_noted"]
    expected = {"situation": "email_rules", "useful": False, "reason": "faltou uma figura"}
    assert (solved.state.feedback, solved.state.pending) == (expected, None)


def test_the_reason_of_a_bad_verdict_may_be_a_listed_one(solved, knowledge):
    solved.press("not_useful")
    solved.press("reason_wrong")
    assert solved.state.feedback["reason"] == knowledge.labels["reason_wrong"]


@pytest.mark.parametrize("intent", ["person", "thanks"])
def test_a_reason_is_not_forced(solved, intent):
    solved.press("not_useful")
    assert "utter_feedback_noted" not in solved.mean(intent)


def test_a_stopped_guide_goes_on_at_its_check(guided):
    assert guided.mean("stop") == ["utter_stopped"]
    assert (guided.state.situation, guided.state.pending) == (None, None)
    assert guided.mean("resume") == ["utter_resumed", "utter_check"]
    assert (guided.state.check, guided.state.parked) == ("feriados", [])


def test_who_needs_time_keeps_the_check_and_its_choices(guided):
    check, offered = guided.state.check, len(guided.state.pending.options)
    assert guided.mean("wait", "peraí, vou testar") == ["utter_wait_check"]
    assert (guided.state.check, len(guided.state.pending.options)) == (check, offered)
    assert guided.state.record_of(check).outcome is None


def test_who_will_ask_the_administrator_keeps_the_request_open(guided):
    guided.mean("no_permission")
    assert guided.mean("wait", "vou pedir pra ela") == ["utter_waiting_for_admin"]
    assert guided.mean("wait") == ["utter_wait_check"]


def test_who_needs_time_with_nothing_open_is_told_to_take_it(user):
    assert user.mean("wait") == ["utter_take_time"]


def test_starting_over_forgets_the_guide_but_not_the_case(guided):
    guided.mean("no_permission")
    guided.mean("person")
    assert guided.mean("start_over") == ["utter_restarted"]
    state = guided.state
    assert (state.situation, state.records, state.parked, state.user_words) == (None, [], [], "")
    assert state.case is not None
    assert state.is_admin is False


def test_what_was_solved_is_not_offered_again(guided):
    guided.mean("stop")
    guided.mean("queue_hours")
    assert guided.press("resolved") == ["utter_solved", "utter_ask_useful"]


@pytest.mark.parametrize("reply", ["resolved", "affirm", "skip", "go_back"])
def test_a_reply_with_nothing_open_says_so(user, reply):
    assert user.mean(reply) == ["utter_nothing_open"]
    assert user.state.situation is None


@pytest.mark.parametrize("reply", ["not_resolved", "deny", "already_tried", "no_permission"])
def test_a_complaint_with_nothing_open_asks_what_it_is_about(user, reply):
    assert user.mean(reply) == ["utter_coverage"]


def test_what_was_not_solved_after_all_goes_on(guided):
    guided.press("resolved")
    heard = guided.mean("not_resolved")
    assert heard[0] == "utter_reopened"
    assert guided.state.situation == "queue_hours"


@pytest.mark.parametrize(
    "text", ["ok", "Feito", "blz", "sim, está configurado", "sim, tem gente disponível"]
)
def test_agreeing_is_not_taken_for_solved(guided, text):
    assert guided.mean("affirm", text) == ["utter_choose_answer"]


@pytest.mark.parametrize("text", ["sim", "sim, voltou", "sim, está funcionando"])
def test_a_yes_to_whether_it_works_is_solved(guided, text):
    assert guided.mean("affirm", text)[0] == "utter_solved"


def test_a_number_that_was_not_offered_is_said_to_be_none(guided):
    assert guided.take(Turn("99"))[0] == "utter_no_such_number"


def test_a_long_sentence_does_not_drop_what_was_checked(guided):
    assert guided.mean("start_over", "prefiro tratar do outro primeiro") == ["utter_confirm_anew"]
    assert guided.state.records


@pytest.mark.parametrize("text", ["chat", "problema no chat", "Ajuda com relatório"])
def test_a_bare_topic_is_told_apart_by_asking(user, text):
    assert user.mean("queue_hours", text) == ["utter_clarify"]


def test_small_talk_puts_the_check_again_with_new_buttons(guided):
    serial = guided.state.pending.serial
    assert guided.mean("thanks") == ["utter_welcome", "utter_check_again"]
    assert guided.state.pending.serial > serial


def test_goodbye_does_not_ask_again(guided):
    assert guided.mean("goodbye") == ["utter_goodbye"]


def test_two_misses_within_a_guide_offer_a_person(guided):
    assert guided.mean("nlu_fallback") == ["utter_answer_not_understood", "utter_check_again"]
    assert "utter_offer_person" in guided.mean("nlu_fallback")


def test_facts_are_remembered_once_and_five_at_most(user):
    for code in ("403", "403", "1", "2", "3", "4", "5"):
        user.mean("greet", entities=[{"entity": "error_code", "value": code}])
    assert user.state.facts == {"error_code": ["403", "1", "2", "3", "4"]}


@pytest.mark.parametrize(
    ("text", "shows"),
    [("onde fica isso?", True), ("mostra na tela", True), ("não entendi", False)],
)
def test_only_who_asks_where_is_pointed_at_the_menu(user, text, shows):
    user.mean("email_send_receive")
    user.mean("repeat", text)
    assert user.heard == ["utter_why", "utter_check"]
    assert user.messages[-1].parts.show is shows
    assert user.messages[-1].parts.custom().get("show", False) is shows


def test_a_check_without_a_menu_points_at_nothing(user, knowledge):
    found = ((s, c) for s in knowledge.situations.values() for c in s.checks if not c.menu)
    situation, check = next(found)
    user.mean(situation.id)
    user._slots["check"] = check.id
    user.mean("repeat", "onde fica?")
    assert user.messages[-1].parts.show is False


@pytest.mark.parametrize("kind", ["clarify", "lost", "module"])
def test_who_is_asked_which_problem_may_have_none_any_more(user, kind):
    more = {"understanding": {"candidates": ["slowness", "email_search"]}}
    intent = "unsure" if kind == "clarify" else "nlu_fallback"
    user.mean(intent, "qwerty asdf zxcv", **(more if kind == "clarify" else {}))
    if kind == "module":
        user.press("coverage")
    assert user.state.pending.kind == kind
    assert user.mean("resolved", "voltou sozinho") == ["utter_solved", "utter_anything_else"]
    assert user.state.pending is None


@pytest.mark.parametrize("situation", ["email_send_receive", "queue_hours"])
@pytest.mark.parametrize("missing", ["menu_not_found", "no_permission"])
def test_what_could_not_be_done_may_be_solved_meanwhile(user, situation, missing):
    user.mean(situation)
    user.mean(missing)
    assert user.state.pending.kind == "stuck"
    assert user.mean("resolved", "voltou a funcionar") == ["utter_solved", "utter_ask_useful"]
