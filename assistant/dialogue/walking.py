"""Walking a guide: opening it, one check at a time, and what every check can be answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.dialogue import asking, closing, handoff, links, records
from assistant.dialogue import state as outcomes
from assistant.dialogue.messages import Parts
from assistant.dialogue.state import Option
from assistant.dialogue.talk import Talk
from assistant.knowledge import Answer, Check, Then

_CHECK_REPLIES = [
    "already_tried",
    "menu_not_found",
    "no_permission",
    "repeat",
    "go_back",
    "skip",
    "articles",
    "wrong_situation",
    "person",
    "stop",
]


# The reply meanings that say something about a check.
REPLIES = frozenset({*_CHECK_REPLIES, "resolved", "not_resolved"})


def open_guide(talk: Talk, situation_id: str, words: str, confidence: float) -> None:
    """Begin a situation: say what was understood, skip what was done, show the first check."""
    state = talk.state
    state.situation, state.check, state.user_words = situation_id, None, words
    state.confidence, state.pending, state.misses = confidence, None, 0
    closing.unpark(talk, situation_id)
    state.records = [r for r in state.records if r.situation != situation_id]
    situation = talk.named(situation_id)
    talk.say("utter_guide_opened", title=situation.title, summary=situation.summary)
    if marked := records.mark_tried(talk, words):
        talk.say("utter_tried_noted", checks=", ".join(c.title for c in marked))
    go_to(talk, situation.checks[0])


def resume_guide(talk: Talk) -> None:
    """Show the open guide's check again, as after an interruption."""
    situation = talk.situation
    assert situation is not None
    go_to(talk, talk.check or situation.checks[0])


def go_to(talk: Talk, check: Check | None) -> None:
    """Show a check; of one done already ask only what it showed, or pass it by."""
    if check is None:
        closing.show_articles(talk)
        return
    record = talk.state.record_of(check.id)
    if record and record.outcome == outcomes.ALREADY_TRIED and not record.answer:
        pass_by(talk, check)
        return
    show(talk, check, "utter_check")


def pass_by(talk: Talk, check: Check) -> None:
    """Go on past a check that was done already; where its result decides the way, ask for it."""
    talk.state.check = check.id
    if _needs_result(check):
        show(talk, check, "utter_check_result")
    else:
        go_to(talk, onward(talk, check))


def show(talk: Talk, check: Check, response: str) -> None:
    """Put a check before the user, with everything that can be answered."""
    talk.state.check = check.id
    records.show(talk, check)
    n, m = records.place(talk, check)
    parts = Parts(
        progress={"n": n, "m": m, "title": check.title},
        menu=check.menu,
        copy=check.ask_admin if talk.state.is_admin is False else "",
        done=records.done(talk),
    )
    who = talk.labels["who_admin"] if _first_for_admin(talk, check) else ""
    values: dict[str, Any] = {
        "body": check.text,
        "who": who and f"\n{who}",
        "question": check.question,
    }
    talk.ask("check", response, _options(talk, check, n), parts, **values)


def onward(talk: Talk, check: Check) -> Check | None:
    """Return the check that follows when a result is neither known nor needed."""
    situation = talk.situation
    assert situation is not None
    way = _answer_to(check, "not_resolved") or _answer_to(check, "deny")
    return situation.led_to(check, way.then) if way else situation.after(check)


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
    answer = _answer_to(check, reply)
    if answer is None and reply == "not_resolved" and check.kind == "check":
        answer = _answer_to(check, "deny")
    if answer:
        take_answer(talk, check, answer)
    elif reply == "resolved":
        records.note(talk, check, outcomes.RESOLVED)
        closing.solved(talk)
    elif reply in STANDING:
        STANDING[reply](talk, check)
    elif reply in ("not_resolved", "affirm", "deny"):
        show(talk, check, "utter_choose_answer")
    else:
        return False
    return True


def _already_tried(talk: Talk, check: Check) -> None:
    record = talk.state.record_of(check.id)
    known = record is not None and record.outcome == outcomes.ALREADY_TRIED
    records.note(talk, check, outcomes.ALREADY_TRIED)
    if known:
        go_to(talk, onward(talk, check))
    else:
        pass_by(talk, check)


def _menu_not_found(talk: Talk, check: Check) -> None:
    records.note(talk, check, outcomes.MENU_NOT_FOUND)
    options = [
        talk.option("found", "affirm", "resume"),
        talk.option("no_permission", "no_permission"),
        talk.option("skip", "skip", "not_resolved", "deny"),
        talk.option("person", "person"),
    ]
    talk.ask("stuck", "utter_menu_not_found", options, Parts(menu=check.menu))


def _no_permission(talk: Talk, check: Check) -> None:
    records.note(talk, check, outcomes.NO_PERMISSION)
    talk.state.is_admin = False
    options = [talk.option("resolved", "resolved", "affirm")]
    if len(_left_for_admin(talk, check)) > 1:
        options.append(talk.option("ask_all"))
    options.append(talk.option("skip", "skip", "not_resolved", "deny"))
    options.append(talk.option("person", "person"))
    talk.ask("stuck", "utter_ask_admin", options, Parts(copy=check.ask_admin or check.text))


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
    show(talk, check, "utter_check")


def _articles(talk: Talk, check: Check) -> None:
    links.say_articles(talk, talk.named(talk.state.situation or "").articles)
    show(talk, check, "utter_check_again")


def _person(talk: Talk, check: Check) -> None:
    handoff.hand_over(talk, "asked")


def choose_when_stuck(talk: Talk, option_id: str) -> None:
    """Act on a choice where a menu was not found or a permission was missing."""
    check = talk.check
    assert check is not None
    if option_id == "found":
        show(talk, check, "utter_check")
    elif option_id == "resolved":
        records.note(talk, check, outcomes.RESOLVED)
        closing.solved(talk)
    elif option_id == "ask_all":
        _ask_all(talk, check)
    else:
        STANDING[option_id](talk, check)


def _ask_all(talk: Talk, check: Check) -> None:
    requests = [f"{i}. {c.ask_admin}" for i, c in enumerate(_left_for_admin(talk, check), 1)]
    options = [
        talk.option("resolved", "resolved", "affirm"),
        talk.option("skip", "skip", "not_resolved", "deny"),
        talk.option("person", "person"),
    ]
    talk.ask("stuck", "utter_ask_admin_all", options, Parts(copy="\n".join(requests)))


def _left_for_admin(talk: Talk, check: Check) -> list[Check]:
    situation = talk.situation
    assert situation is not None
    later = situation.checks[situation.checks.index(check) :]
    return [c for c in later if c.needs_admin and c.ask_admin]


def _answer_to(check: Check, reply: str) -> Answer | None:
    return next((a for a in check.answers if reply in a.replies), None)


def _needs_result(check: Check) -> bool:
    """Whether the way on depends on what the check showed."""
    return _answer_to(check, "not_resolved") is None


def _options(talk: Talk, check: Check, n: int) -> list[Option]:
    answers = [Option(a.id, a.label, list(a.replies), list(a.phrases)) for a in check.answers]
    left_out = set()
    if check.kind == "branch":
        left_out |= {"already_tried"}
    if not check.menu:
        left_out.add("menu_not_found")
    if not check.needs_admin:
        left_out.add("no_permission")
    if n == 1:
        left_out.add("go_back")
    asked = {"no_permission"} if _first_for_admin(talk, check) else set()
    offered = [r for r in _CHECK_REPLIES if r not in left_out]
    standing = [talk.option(r, r, more=r not in asked) for r in offered]
    standing.sort(key=lambda option: option.more)
    return answers + standing


def _first_for_admin(talk: Talk, check: Check) -> bool:
    """Whether this is the guide's first check that asks for an administrator's rights."""
    situation = talk.situation
    assert situation is not None
    seen = {r.check for r in talk.state.open_records() if r.shown}
    before = any(c.id in seen and c.needs_admin for c in situation.checks if c.id != check.id)
    return check.needs_admin and not before


def _wrong_situation(talk: Talk, check: Check) -> None:
    asking.ask_other_situation(talk)


def _stop(talk: Talk, check: Check) -> None:
    closing.stop(talk)


STANDING: dict[str, Callable[[Talk, Check], None]] = {
    "already_tried": _already_tried,
    "menu_not_found": _menu_not_found,
    "no_permission": _no_permission,
    "skip": _skip,
    "go_back": _back,
    "repeat": _repeat,
    "articles": _articles,
    "person": _person,
    "wrong_situation": _wrong_situation,
    "stop": _stop,
}
