"""Which reading of a message holds while a question is open."""

from __future__ import annotations

import pytest

from assistant.dialogue.reading import REPLY_FLOOR, REPLY_PRIOR, read
from assistant.dialogue.state import Pending
from assistant.dialogue.turn import Guess, Turn

OPEN = Pending("check", 1)


def weighed(intent, candidates=(), **confidences):
    ranked = sorted(confidences.items(), key=lambda item: -item[1])
    return Turn("x", intent, tuple(Guess(*item) for item in ranked), tuple(candidates))


@pytest.mark.parametrize(
    ("confidences", "heard"),
    [
        ({"menu_not_found": 0.2, "module_access": 0.7}, "menu_not_found"),
        ({"menu_not_found": REPLY_FLOOR - 0.01, "module_access": 0.5}, "module_access"),
        ({"menu_not_found": 0.13, "module_access": 0.13 * REPLY_PRIOR + 0.01}, "module_access"),
        ({"thanks": 0.5, "resolved": 0.3}, "resolved"),
        ({"thanks": 0.5, "resolved": 0.01}, "thanks"),
        ({"stop": 0.3, "out_of_scope": 0.3}, "nlu_fallback"),
        ({"resolved": 0.5, "thanks": 0.3}, "resolved"),
        ({"out_of_scope": 0.9, "affirm": 0.05}, "out_of_scope"),
    ],
)
def test_a_reply_is_likelier_than_a_new_problem_but_not_at_any_price(talk_of, confidences, heard):
    turn = weighed(max(confidences, key=confidences.get), **confidences)
    assert read(talk_of(turn, situation="licenses", pending=OPEN)) == heard


def test_without_a_question_the_understanding_holds(talk_of):
    turn = weighed("module_access", menu_not_found=0.4, module_access=0.6)
    assert read(talk_of(turn)) == "module_access"


@pytest.mark.parametrize(
    ("situation", "candidates", "heard"),
    [
        ("licenses", ["licenses", "slowness"], "licenses"),
        ("licenses", ["email_rules", "slowness"], "nlu_fallback"),
        (None, ["email_rules", "slowness"], "unsure"),
    ],
)
def test_torn_between_problems_a_guide_is_not_left(talk_of, situation, candidates, heard):
    turn = weighed("unsure", candidates, email_rules=0.3, slowness=0.3)
    assert read(talk_of(turn, situation=situation, pending=OPEN)) == heard
