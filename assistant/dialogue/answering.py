"""What a check can be answered: its own answers, and what every check can be answered."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.dialogue import asking, closing, handoff, links, records, stuck
from assistant.dialogue import state as outcomes
from assistant.dialogue.reading import probability_of_answer
from assistant.dialogue.talk import Talk
from assistant.dialogue.walking import answer_to, go_to, onward, pass_by, show
from assistant.knowledge import Answer, Check, Then
from assistant.text import fold

# A guide is closed as solved only on a reply at least this probable.
SURE_ENOUGH_TO_CLOSE = 0.7
_EVERYTHING = re.compile(
    r"\b(?:tentei|tentamos|fiz|fizemos|testei|verifiquei|conferi)\b.*\b(?:tudo|todas|todos)\b"
)
_WHERE = re.compile(r"\b(?:a?onde|lugar|tela|destac\w+|apont\w+)\b")
_AGREEING = frozenset(
    [
        "ok", "okay", "ta", "ta bom", "ta certo", "certo", "blz", "beleza", "feito", "pronto",
        "fiz", "ja fiz", "copia", "copiado", "entendi", "entendido", "combinado", "show", "bora",
    ]
)  # fmt: skip
# "Sim, está configurado" tells how something is, not that the problem is gone.
_IS_SO = re.compile(
    r"\b(?:ta|tao|esta|estao|tem|temos|existe\w*|ativ\w+|marcad\w+|configurad\w+|vinculad\w+|cadastrad\w+)\b"
)
_WORKS = re.compile(r"\b(?:funcion\w+|resolv\w+|volt\w+|cheg\w+|normal\w*|agora|sair\w+|abri\w+)\b")


def choose(talk: Talk, option_id: str) -> None:
    """Act on a choice at a check: one of its answers, or what every check can be answered."""
    check = talk.check
    assert check is not None
    if answer := check.answer(option_id):
        take_answer(talk, check, answer)
    elif option_id in STANDING:
        STANDING[option_id](talk, check)


def take_answer(talk: Talk, check: Check, answer: Answer) -> None:
    """Record an answer and go where it leads."""
    solved = answer.then.kind == "solved"
    asked_only = check.kind == "branch" or check.kind == "escalate"
    plain = outcomes.ANSWERED if asked_only else outcomes.NOT_RESOLVED
    records.note(talk, check, outcomes.RESOLVED if solved else plain, answer)
    follow(talk, check, answer.then)


def follow(talk: Talk, check: Check, then: Then) -> None:
    """Go where an answer leads."""
    situation = talk.situation
    assert situation is not None
    if then.kind == "solved":
        closing.solved(talk)
    elif then.kind == "person":
        handoff.hand_over(talk, "checks_exhausted")
    elif then.kind == "articles":
        closing.show_articles(talk)
    elif then.kind == "article":
        links.show_aside(talk, then.target)
    else:
        go_to(talk, situation.led_to(check, then))


def take_reply(talk: Talk, reply: str) -> bool:
    """Act on a reply meaning at a check; False where it says nothing about the check."""
    check = talk.check
    assert check is not None
    answer = answer_to(check, reply)
    if answer is None and reply == "not_resolved" and check.kind == "check":
        answer = answer_to(check, "deny")
    if answer and _only_agrees(talk, reply, answer):
        show(talk, check, "utter_choose_answer")
    elif answer:
        take_answer(talk, check, answer)
    elif reply == "resolved" and _sure(talk, reply):
        records.note(talk, check, outcomes.RESOLVED)
        closing.solved(talk)
    elif reply in STANDING and not (check.kind == "branch" and reply == "already_tried"):
        STANDING[reply](talk, check)
    elif reply in STANDING or reply in ("resolved", "not_resolved", "affirm", "deny"):
        show(talk, check, "utter_choose_answer")
    else:
        return False
    return True


def _only_agrees(talk: Talk, reply: str, answer: Answer) -> bool:
    """Whether "ok", or "sim, está marcado", says how it is rather than that it works now."""
    if answer.then.kind != "solved":
        return False
    said = fold(talk.turn.text)
    as_it_is = _IS_SO.search(said) is not None and _WORKS.search(said) is None
    weak = reply == "affirm" and (said in _AGREEING or as_it_is)
    return weak or not _sure(talk, reply)


def _sure(talk: Talk, reply: str) -> bool:
    return probability_of_answer(talk.turn, reply) >= SURE_ENOUGH_TO_CLOSE


def _already_tried(talk: Talk, check: Check) -> None:
    if _EVERYTHING.search(fold(talk.turn.text)):
        _all_tried(talk)
        return
    record = talk.state.record_of(check.id)
    known = record is not None and record.outcome == outcomes.ALREADY_TRIED
    records.note(talk, check, outcomes.ALREADY_TRIED)
    if known:
        go_to(talk, onward(talk, check))
    else:
        pass_by(talk, check)


def _all_tried(talk: Talk) -> None:
    """ "Já tentei tudo": nothing is left to check."""
    assert talk.situation is not None
    for check in talk.situation.checks:
        record = talk.state.record_of(check.id)
        if record is None or record.outcome is None:
            records.note(talk, check, outcomes.ALREADY_TRIED)
    closing.show_articles(talk)


def _skip(talk: Talk, check: Check) -> None:
    record = talk.state.record_of(check.id)
    if record is None or record.outcome is None:
        records.note(talk, check, outcomes.SKIPPED)
    go_to(talk, onward(talk, check))


def _back(talk: Talk, check: Check) -> None:
    before = records.take_back(talk)
    if before is None:
        talk.say("utter_first_check")
    show(talk, before or check, "utter_check")


def _repeat(talk: Talk, check: Check) -> None:
    talk.say("utter_why", why=check.why or check.text)
    asks_where = _WHERE.search(fold(talk.turn.text)) is not None
    show(talk, check, "utter_check", point=asks_where)


def _wait(talk: Talk, check: Check) -> None:
    show(talk, check, "utter_wait_check")


def _articles(talk: Talk, check: Check) -> None:
    links.say_articles(talk, talk.named(talk.state.situation or "").articles)
    show(talk, check, "utter_check_again")


def _person(talk: Talk, check: Check) -> None:
    handoff.hand_over(talk, "asked")


def choose_when_stuck(talk: Talk, option_id: str) -> None:
    """Act on a choice where a menu was not found or a permission was missing."""
    check = talk.check
    assert check is not None
    if answer := check.answer(option_id):
        take_answer(talk, check, answer)
    elif option_id == "found":
        show(talk, check, "utter_check")
    elif option_id == "ask_all":
        stuck.ask_all(talk, check)
    elif option_id == "asked":
        stuck.wait_for_admin(talk, check)
    else:
        STANDING[option_id](talk, check)


def _wrong_situation(talk: Talk, check: Check) -> None:
    asking.ask_other_situation(talk)


def _stop(talk: Talk, check: Check) -> None:
    closing.stop(talk)


STANDING: dict[str, Callable[[Talk, Check], None]] = {
    "already_tried": _already_tried,
    "menu_not_found": stuck.menu_not_found,
    "no_permission": stuck.no_permission,
    "skip": _skip,
    "go_back": _back,
    "repeat": _repeat,
    "articles": _articles,
    "person": _person,
    "wrong_situation": _wrong_situation,
    "stop": _stop,
    "wait": _wait,
}
# The reply meanings that say something about a check.
REPLIES = frozenset({*STANDING, "resolved", "not_resolved"})
