"""Reading Rasa's latest message."""

from __future__ import annotations

from assistant.dialogue.turn import FALLBACK, Guess, Turn, read_turn

WEIGHED = {
    "text": "não entra",
    "intent": {"name": "unsure", "confidence": 0.4},
    "intent_ranking": [
        {"name": "licenses", "confidence": 0.4},
        {"name": "slowness", "confidence": 0.3},
    ],
    "understanding": {"candidates": ["licenses", "slowness"], "second": "slowness"},
    "entities": [
        {"entity": "error_code", "value": "403"},
        {"entity": "error_code", "value": 502},
        {"entity": "option", "value": "3.person"},
    ],
    "metadata": {"page": "/caixa"},
    "message_id": "m9",
}


def test_everything_that_was_weighed_is_kept():
    assert read_turn(WEIGHED) == Turn(
        text="não entra",
        intent="unsure",
        ranking=(Guess("licenses", 0.4), Guess("slowness", 0.3)),
        candidates=("licenses", "slowness"),
        second="slowness",
        option="3.person",
        entities={"error_code": ("403", "502")},
        message_id="m9",
        page="/caixa",
    )


def test_an_empty_message_is_not_understood():
    assert read_turn({}) == Turn(text="", intent=FALLBACK)


def test_missing_parts_may_also_be_null():
    keys = ("text", "intent", "intent_ranking", "entities", "metadata", "message_id")
    assert read_turn(dict.fromkeys(keys)) == Turn(text="", intent=FALLBACK)


def test_an_intent_named_outright_is_certain():
    turn = read_turn({"text": "/stop", "intent": {"name": "stop", "confidence": 1.0}})
    assert turn.ranking == (Guess("stop", 1.0),)


def test_the_best_among_some_is_the_first_in_the_ranking():
    turn = read_turn(WEIGHED)
    assert turn.best(["slowness", "email_rules"]) == Guess("slowness", 0.3)
    assert turn.best(["email_rules"]) == Guess("", 0.0)


def test_what_was_not_weighed_has_no_confidence():
    turn = read_turn(WEIGHED)
    assert (turn.confidence("licenses"), turn.confidence("email_rules")) == (0.4, 0.0)
