"""After a person of the team had the conversation: it comes back, or their case was closed.

The gateway says so by payload, as a pressed button does; no words can mean either.
"""

from __future__ import annotations

from typing import Any

from assistant.dialogue import aside, asking, closing, walking
from assistant.dialogue.messages import Parts
from assistant.dialogue.state import Parked
from assistant.dialogue.talk import Talk
from assistant.knowledge import Situation

SOLVED, NOT_SOLVED = "solved", "not_solved"
PERSON = "person"


def hand_back(talk: Talk, option: str) -> None:
    """Go on at the check that `option` names ("situation.check", each may be empty).

    Without a situation that exists, go on where the guide stood.
    """
    talk.state.misses = 0
    named, _, check = option.partition(".")
    situation = talk.world.knowledge.situations.get(named)
    if situation is None and check and talk.situation is None:
        situation = _of_case(talk)
    situation = situation or (talk.situation if check else None)
    if situation:
        _go_on(talk, situation, check)
    else:
        _where_it_stood(talk)


def ask_solved(talk: Talk, number: str) -> None:
    """The case was closed: ask whether that solved it, and put the open guide aside."""
    state = talk.state
    closing.park(talk)
    state.solved = None
    known = state.case or {"number": int(number) if number.isdecimal() else 0, "situation": None}
    state.case = {**known, "closed": True, "outcome": None}
    # Thanks alone do not say that it was solved.
    options = [
        talk.option("yes", "affirm", "resolved"),
        talk.option("no", "deny", "not_resolved"),
    ]
    talk.ask("case_solved", "utter_ask_case_solved", options)


def take_verdict(talk: Talk, option_id: str) -> None:
    """Note whether the person solved it; no check is said to have done so."""
    if option_id == "yes":
        _note(talk, SOLVED)
        _solved_by_person(talk)
    else:
        not_solved(talk)


def not_solved(talk: Talk) -> None:
    """What a person closed is not solved (after all): ask how to go on."""
    talk.state.solved = talk.state.feedback = None
    _note(talk, NOT_SOLVED)
    options = [talk.option("reopen_case", "person", "affirm")]
    if _of_case(talk):
        options += [talk.option("go_on", "resume"), talk.option("articles", "articles")]
    else:
        options.append(talk.option("coverage", "help"))
    talk.ask("case_next", "utter_case_not_solved", options)


def was_solved_by_person(talk: Talk) -> bool:
    """Whether the newest thing solved was solved by a person of the team."""
    return (talk.state.feedback or {}).get("by") == PERSON


def choose_next(talk: Talk, option_id: str) -> None:
    """It is not solved: back to the team, on with the checks, the articles, or another problem."""
    situation = _of_case(talk)
    if option_id == "reopen_case":
        reopen(talk)
    elif option_id == "go_on" and situation:
        _go_on(talk, situation, "")
    elif option_id == "articles" and situation:
        _take(talk, situation)
        closing.show_articles(talk, every=True)
    else:
        asking.ask_module(talk)


def reopen(talk: Talk) -> None:
    """Give the closed case to the team again, under its number."""
    state = talk.state
    number = (state.case or {})["number"]
    state.case = {**(state.case or {}), "closed": False}
    state.pending = None
    talk.say("utter_case_reopened", Parts(case=number), number=number)


def _solved_by_person(talk: Talk) -> None:
    state, situation = talk.state, _of_case(talk)
    about = situation.id if situation else None
    left = _parked(talk, about or "")
    talk.say("utter_solved")
    state.solved = Parked(about or "", left.check if left else None, state.user_words)
    closing.unpark(talk, about)
    state.feedback = {"situation": about, "useful": None, "reason": "", "by": PERSON}
    state.pending = None
    closing.offer_next(talk)


def _note(talk: Talk, outcome: str) -> None:
    talk.state.case = {**(talk.state.case or {}), "outcome": outcome}


def _go_on(talk: Talk, situation: Situation, check_id: str) -> None:
    """Show a check of a situation, the one where it stood if none is named."""
    _take(talk, situation)
    named = situation.check(check_id)
    talk.say("utter_resumed", title=situation.title)
    if named:
        walking.show(talk, named, "utter_check")
    else:
        walking.resume_guide(talk)


def _take(talk: Talk, situation: Situation) -> None:
    """Open a situation without forgetting what was recorded; another that is open is put aside."""
    state = talk.state
    state.pending = state.solved = None
    if state.situation == situation.id:
        return
    closing.park(talk)
    left = _parked(talk, situation.id)
    case: dict[str, Any] = state.case or {}
    if case.get("situation") != situation.id and left is None:
        state.confidence = 1.0  # somebody of the team says so
    state.situation, state.check = situation.id, left.check if left else None
    state.user_words = left.words if left else state.user_words
    closing.unpark(talk, situation.id)


def _where_it_stood(talk: Talk) -> None:
    state = talk.state
    case = _of_case(talk)
    left = (case and _parked(talk, case.id)) or (state.parked[-1] if state.parked else None)
    if talk.situation and state.pending:
        aside.put_again(talk, asked_for=True)
    elif talk.situation:
        walking.resume_guide(talk)
    elif left:
        _go_on(talk, talk.named(left.situation), "")
    elif state.pending:
        aside.put_again(talk, asked_for=True)
    else:
        talk.say("utter_back")


def _of_case(talk: Talk) -> Situation | None:
    case = talk.state.case or {}
    return talk.world.knowledge.situations.get(case.get("situation") or "")


def _parked(talk: Talk, situation_id: str) -> Parked | None:
    return next((p for p in reversed(talk.state.parked) if p.situation == situation_id), None)
