"""What every check can be answered besides its own answers, by button and in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.knowledge import Check
from tests.guides.test_every_guide import SITUATIONS, WAYS
from tests.support.conversation import Conversation, render

CHECKS = [(name, check.id) for name, s in SITUATIONS.items() for check in s.checks]


def arrive(name: str, check_id: str) -> Conversation:
    """Walk the shortest way to a check."""
    way = min(
        (way[: [c for c, _, _ in way].index(check_id)] for way in WAYS[name]
         if check_id in [c for c, _, _ in way]),
        key=len,
    )  # fmt: skip
    user = Conversation()
    user.mean(name)
    for _, button, _ in way:
        user.press(button)
    assert user.state.check == check_id
    return user


Do = Callable[[Conversation, str], list[str]]
BY: dict[str, Do] = {"button": Conversation.press, "words": Conversation.mean}
# The standing options that do not make sense, and so have no button, at every check.
SENSIBLE: dict[str, Callable[[str, Check], bool]] = {
    "already_tried": lambda name, check: check.kind != "branch",
    "menu_not_found": lambda name, check: bool(check.menu),
    "no_permission": lambda name, check: check.needs_admin,
    "go_back": lambda name, check: check != SITUATIONS[name].checks[0],
}
ALWAYS = ("repeat", "skip", "articles", "wrong_situation", "person", "stop")


def at_each_check(option: str):
    """Run a test at each check, by the option's button (where it has one) and in words."""
    sensible = SENSIBLE.get(option, lambda name, check: True)
    found = [
        pytest.param((name, check_id), do, id=f"{name}.{check_id}-{how}")
        for name, check_id in CHECKS
        for how, do in BY.items()
        if how == "words" or sensible(name, SITUATIONS[name].check(check_id))
    ]
    return pytest.mark.parametrize(("user", "do"), found, indirect=["user"])


@pytest.fixture(params=CHECKS, ids=[f"{name}.{check}" for name, check in CHECKS])
def user(request) -> Conversation:
    """Someone at a check."""
    return arrive(*request.param)


def open_check(user: Conversation) -> Check:
    return SITUATIONS[user.state.situation].check(user.state.check)


def outcome(user: Conversation, check: Check) -> str | None:
    return next(r.outcome for r in reversed(user.state.records) if r.check == check.id)


def test_the_standing_options_are_those_that_make_sense(user):
    name, check = user.state.situation, open_check(user)
    expected = {*ALWAYS, *(o for o, sensible in SENSIBLE.items() if sensible(name, check))}
    assert {o.id for o in user.options} == {a.id for a in check.answers} | expected


def test_no_permission_stands_up_front_at_the_first_check_for_an_administrator(user):
    name, check = user.state.situation, open_check(user)
    before = [SITUATIONS[name].check(r.check) for r in user.state.records[:-1]]
    first = check.needs_admin and not any(c.needs_admin for c in before)
    front = {option.id for option in user.options if not option.more}
    assert front - {answer.id for answer in check.answers} == (
        {"no_permission"} if first else set()
    )


@at_each_check("already_tried")
def test_already_tried_is_recorded_and_passed_by_or_asked_for_its_result(user, do):
    check = open_check(user)
    heard, *_ = do(user, "already_tried")
    if check.kind == "branch":
        assert heard == "utter_choose_answer"
        return
    known = any("not_resolved" in answer.replies for answer in check.answers)
    assert outcome(user, check) == "already_tried"
    assert (heard == "utter_check_result") == (not known)
    assert heard in ("utter_check", "utter_check_result", "utter_checks_done")


@at_each_check("menu_not_found")
def test_menu_not_found_offers_four_ways_on(user, do):
    check = open_check(user)
    if not check.menu:
        assert do(user, "menu_not_found") == ["utter_choose_answer"]
        return
    assert do(user, "menu_not_found") == ["utter_menu_not_found"]
    assert outcome(user, check) == "menu_not_found"
    assert [o.id for o in user.options] == ["found", "no_permission", "skip", "person"]
    assert user.press("found") == ["utter_check"]
    assert open_check(user) == check


@at_each_check("no_permission")
def test_no_permission_gives_a_message_to_an_administrator(user, do):
    check = open_check(user)
    if not check.ask_admin:
        assert do(user, "no_permission") == ["utter_no_admin_needed", "utter_check_again"]
        return
    assert do(user, "no_permission") == ["utter_ask_admin"]
    assert user.messages[-1].parts.copy
    assert (outcome(user, check), user.state.is_admin) == ("no_permission", False)
    assert user.mean("affirm") == ["utter_waiting_for_admin"]
    assert {a.id for a in check.answers} <= {o.id for o in user.options}


@at_each_check("go_back")
def test_go_back_forgets_the_answer_before(user, do):
    check, before = open_check(user), [r.check for r in user.state.records][:-1]
    heard = do(user, "go_back")
    assert heard == (["utter_check"] if before else ["utter_first_check", "utter_check"])
    assert open_check(user).id == (before[-1] if before else check.id)
    assert outcome(user, open_check(user)) is None
    assert [r.check for r in user.state.records] == (before or [check.id])


@at_each_check("repeat")
def test_repeat_explains_and_stays(user, do):
    check, records = open_check(user), user.state.records
    assert do(user, "repeat") == ["utter_why", "utter_check"]
    assert (open_check(user), user.state.records) == (check, records)


@at_each_check("skip")
def test_skip_is_recorded_and_goes_on(user, do):
    check = open_check(user)
    heard, *_ = do(user, "skip")
    assert outcome(user, check) == "skipped"
    assert heard in ("utter_check", "utter_checks_done", "utter_case_opened")
    if heard == "utter_check":
        assert open_check(user) != check


@at_each_check("articles")
def test_articles_are_shown_and_the_check_stays(user, do):
    check, records = open_check(user), user.state.records
    assert do(user, "articles") == ["utter_articles", "utter_check_again"]
    assert (open_check(user), user.state.records) == (check, records)
    assert set(user.state.shown_articles) >= set(SITUATIONS[user.state.situation].articles)


@at_each_check("wrong_situation")
def test_the_wrong_situation_is_refused_and_another_asked_for(user, do):
    name = user.state.situation
    assert do(user, "wrong_situation")[0] == "utter_sorry_wrong"
    assert (user.state.situation, user.state.refused) == (None, [name])
    assert user.state.pending.kind in ("clarify", "module")


@at_each_check("person")
def test_a_person_gets_a_case_and_the_guide_waits(user, do):
    check = open_check(user)
    assert do(user, "person") == ["utter_case_opened"]
    assert user.messages[-1].parts.case == user.state.case["number"]
    assert [p.check for p in user.state.parked] == [check.id]


@at_each_check("stop")
def test_a_stop_is_taken_up_again_at_the_same_check(user, do):
    check, records = open_check(user), [r.check for r in user.state.records]
    assert do(user, "stop") == ["utter_stopped"]
    assert user.state.situation is None
    assert user.mean("resume") == ["utter_resumed", "utter_check"]
    assert (open_check(user), [r.check for r in user.state.records]) == (check, records)


def test_every_label_typed_in_full_chooses_its_own_option(user):
    for option in user.options:
        other = arrive(user.state.situation, user.state.check)
        by_button = arrive(user.state.situation, user.state.check)
        typed = other.mean("nlu_fallback", option.label)
        assert (typed, other.state.check) == (by_button.press(option.id), by_button.state.check)


@pytest.mark.parametrize("reply", ["resolved", "not_resolved", "affirm", "deny"])
def test_a_plain_answer_in_words_is_never_lost(user, reply):
    check, before = open_check(user), user.state.pending.serial
    heard = user.mean(reply)
    assert all(render(message) for message in user.messages)
    if heard == ["utter_choose_answer"]:
        assert open_check(user) == check and user.state.pending.serial > before
    else:
        assert outcome(user, check) is not None


@pytest.mark.parametrize("reply", ["not_resolved", "deny"])
def test_a_no_never_solves_anything(user, reply):
    assert "utter_solved" not in user.mean(reply)
