"""Sure, torn or neither, from a ranking and the rankings of its statements."""

from __future__ import annotations

import pytest

from rasa_components.nlu.decider import ThreeWayDecider, decide, offered_first

CONFIG = {
    "sure": 0.6, "doubt": 0.2, "torn": 0.3, "candidate": 0.05, "other": 0.5, "talk": 0.5,
    "reply": 0.6, "report": 0.7, "aside": 0.8, "second": 0.7,
}  # fmt: skip


def ranking(**chances: float) -> list[dict]:
    rows = [{"name": name, "confidence": chance} for name, chance in chances.items()]
    return sorted(rows, key=lambda row: -row["confidence"])


@pytest.mark.parametrize(
    ("chances", "intent"),
    [
        ({"email_search": 0.9, "email_rules": 0.1}, "email_search"),
        ({"email_search": 0.5, "email_rules": 0.4, "greet": 0.1}, "unsure"),
        ({"email_search": 0.75, "out_of_scope": 0.25}, "unsure"),
        ({"email_search": 0.75, "out_of_scope": 0.15, "greet": 0.1}, "email_search"),
        ({"greet": 0.8, "email_rules": 0.1}, "greet"),
        ({"skip": 0.55, "out_of_scope": 0.44, "email_rules": 0.01}, "nlu_fallback"),
        ({"skip": 0.65, "out_of_scope": 0.34, "email_rules": 0.01}, "skip"),
        ({"skip": 0.55, "email_rules": 0.45}, "unsure"),
        ({"skip": 0.75, "email_rules": 0.25}, "unsure"),
        ({"skip": 0.85, "email_rules": 0.15}, "skip"),
        ({"out_of_scope": 0.9, "email_rules": 0.1}, "out_of_scope"),
        ({"out_of_scope": 0.45, "help": 0.4, "email_rules": 0.15}, "nlu_fallback"),
        ({"not_resolved": 0.99, "email_rules": 0.001}, "not_resolved"),
        ({"no_permission": 0.6, "module_access": 0.3, "licenses": 0.1}, "unsure"),
        ({"no_permission": 0.8, "module_access": 0.15, "licenses": 0.05}, "no_permission"),
    ],
)
def test_a_ranking_is_sure_torn_or_neither(chances, intent):
    assert decide(ranking(**chances), [], CONFIG)["intent"]["name"] == intent


def test_candidates_are_at_most_three_situations_best_first():
    chances = {"email_search": 0.4, "email_rules": 0.3, "licenses": 0.2, "slowness": 0.1}
    found = decide(ranking(**chances), [], CONFIG)
    assert found["candidates"] == ["email_search", "email_rules", "licenses"]


def test_what_is_asked_about_stands_first_in_the_ranking():
    found = ranking(not_resolved=0.4, email_search=0.3, out_of_scope=0.2, licenses=0.1)
    names = [guess["name"] for guess in offered_first(found, ["email_search", "licenses"])]
    assert names == ["email_search", "licenses", "not_resolved", "out_of_scope"]


def test_two_statements_name_two_problems():
    whole = ranking(email_search=0.7, slowness=0.3)
    parts = [ranking(slowness=0.9), ranking(email_search=0.95)]
    assert decide(whole, parts, CONFIG)["second"] == "slowness"


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [ranking(email_search=0.9), ranking(email_search=0.8)],
        [ranking(email_search=0.9), ranking(slowness=0.6)],
        [ranking(email_search=0.9), ranking(greet=0.99)],
    ],
    ids=["one statement", "the same twice", "the other unsure", "small talk"],
)
def test_one_problem_is_not_two(parts):
    assert decide(ranking(email_search=0.9), parts, CONFIG)["second"] == ""


def test_nothing_weighed_is_a_fallback():
    assert decide([], [], ThreeWayDecider.get_default_config())["intent"]["name"] == "nlu_fallback"
