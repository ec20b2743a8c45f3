"""Walking a guide: opening it, and one check at a time."""

from __future__ import annotations

from typing import Any

from assistant.dialogue import closing, records
from assistant.dialogue import state as outcomes
from assistant.dialogue.messages import Parts
from assistant.dialogue.state import Option
from assistant.dialogue.talk import Talk
from assistant.knowledge import Answer, Check

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


def open_guide(talk: Talk, situation_id: str, words: str, confidence: float) -> None:
    """Begin a situation: say what was understood, skip what was done, show the first check."""
    state = talk.state
    state.situation, state.check, state.user_words = situation_id, None, words
    state.confidence, state.pending, state.misses = confidence, None, 0
    state.solved = None
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


def show(talk: Talk, check: Check, response: str, point: bool = False) -> None:
    """Put a check before the user, with everything that can be answered.

    `point`: at its menu, where the page has it.
    """
    talk.state.check = check.id
    records.show(talk, check)
    n, m = records.place(talk, check)
    parts = Parts(
        progress={"n": n, "m": m, "title": check.title},
        menu=check.menu,
        show=point and bool(check.menu),
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
    way = answer_to(check, "not_resolved") or answer_to(check, "deny")
    return situation.led_to(check, way.then) if way else situation.after(check)


def answer_to(check: Check, reply: str) -> Answer | None:
    """Return the answer that a reply meaning chooses, or None."""
    return next((a for a in check.answers if reply in a.replies), None)


def _needs_result(check: Check) -> bool:
    """Whether the way on depends on what the check showed."""
    return answer_to(check, "not_resolved") is None


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
    asked_first = _first_for_admin(talk, check) or talk.state.is_admin is False
    asked = {"no_permission"} if asked_first else set()
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
