"""Which reading of a message holds while a question is open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue.reading import REPLY_FLOOR, REPLY_PRIOR, read
from assistant.dialogue.state import Pending
from assistant.dialogue.turn import Guess, Turn
from tests.support.conversation import world

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
        ({"stop": 0.3, "slowness": 0.3}, "nlu_fallback"),
        ({"resolved": 0.5, "thanks": 0.3}, "resolved"),
        ({"out_of_scope": 0.9, "affirm": 0.03}, "out_of_scope"),
    ],
)
def test_a_reply_is_likelier_than_a_new_problem_but_not_at_any_price(talk_of, confidences, heard):
    turn = weighed(max(confidences, key=confidences.get), **confidences)
    assert read(talk_of(turn, situation="licenses", pending=OPEN)) == heard


@pytest.mark.parametrize(
    ("confidences", "situation", "heard"),
    [
        ({"licenses": 0.9, "not_resolved": 0.1}, "licenses", "not_resolved"),
        ({"licenses": 0.9, "not_resolved": 0.1}, "slowness", "licenses"),
        ({"licenses": 0.998, "not_resolved": 0.002}, "licenses", "licenses"),
        ({"licenses": 0.5, "slowness": 0.45, "skip": 0.05}, "licenses", "slowness"),
    ],
)
def test_at_a_check_its_problem_is_hardly_told_again(talk_of, confidences, situation, heard):
    turn = weighed(max(confidences, key=confidences.get), **confidences)
    if heard == "slowness":
        turn = replace(turn, intent="slowness")
    talk = talk_of(turn, situation=situation, pending=OPEN)
    assert read(talk) == heard
    assert read(talk, away=True) == turn.intent


@pytest.mark.parametrize(
    ("reply", "confidence", "at_check", "away"),
    [("skip", 0.1, "skip", "out_of_scope"), ("wait", 0.01, "out_of_scope", "out_of_scope")],
)
def test_at_a_check_a_reply_is_likelier_than_what_is_out_of_scope(
    talk_of, reply, confidence, at_check, away
):
    turn = weighed("out_of_scope", **{"out_of_scope": 0.95 - confidence, reply: confidence})
    talk = talk_of(turn, situation="licenses", pending=OPEN)
    assert read(talk) == at_check
    assert read(talk, away=True) == away


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


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("mostra na tela", "repeat"),
        ("Você pode me mostrar na tela, por favor?", "repeat"),
        ("me mostre onde", "repeat"),
        ("mostra aí pra mim onde é", "repeat"),
        ("destaca na tela", "repeat"),
        ("o teste mostra na tela o erro 535", "out_of_scope"),
        ("mostrou onde está o erro", "out_of_scope"),
        ("me mostra o artigo", "out_of_scope"),
    ],
)
def test_to_be_shown_the_place_is_a_wish_for_the_open_check(talk_of, text, heard):
    turn = Turn(text, "out_of_scope", (Guess("out_of_scope", 0.9),))
    check = world().knowledge.situations["email_send_receive"].checks[0].id
    talk = talk_of(turn, situation="email_send_receive", check=check, pending=OPEN)
    assert read(talk) == heard


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("coloquei ela no time, relogou, e a caixa continua sumida", "not_resolved"),
        ("a regra está marcada e mesmo assim nada", "not_resolved"),
        ("não vejo a caixa do meu setor desde ontem", "mailbox_access"),
        ("coloquei no time e agora ela vê a caixa de novo", "mailbox_access"),
    ],
)
def test_what_a_check_showed_is_an_answer_though_it_names_the_problem(talk_of, text, heard):
    turn = replace(weighed("mailbox_access", mailbox_access=0.99), text=text)
    assert read(talk_of(turn, situation="mailbox_access", pending=OPEN)) == heard
    assert read(talk_of(turn, situation="licenses", pending=OPEN)) == "mailbox_access"
    assert read(talk_of(turn, situation="mailbox_access", pending=None)) == "mailbox_access"
