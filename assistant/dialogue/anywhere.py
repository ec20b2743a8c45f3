"""What can be said at any time: a person, stop, continue, start over, and answers out of place."""

from __future__ import annotations

from collections.abc import Callable

from assistant.dialogue import (
    answering,
    aside,
    asking,
    closing,
    deciding,
    handoff,
    opening,
    records,
    walking,
)
from assistant.dialogue.state import RESOLVED
from assistant.dialogue.talk import Talk
from assistant.dialogue.turn import REPLIES

# With nothing open these still say that something does not work.
LONGEST_COMMAND = 3
_PROBLEMS = frozenset({"not_resolved", "no_permission", "menu_not_found", "deny", "already_tried"})
# Questions about which problem it is.
_BEFORE_A_GUIDE = frozenset({"clarify", "lost", "module"})


def answer(talk: Talk, reply: str) -> None:
    """Act on a reply that the open question has no choice for."""
    _ANYWHERE.get(reply, out_of_place)(talk)


def out_of_place(talk: Talk) -> None:
    """A reply where nothing was asked, or that does not answer what was asked."""
    state = talk.state
    if state.pending:
        _not_an_answer(talk)
    elif state.case and not state.case.get("closed"):
        _say_case(talk)
    elif state.parked:
        closing.offer_next(talk)
    elif talk.turn.best(REPLIES).name in _PROBLEMS:
        asking.ask_module(talk)
    else:
        talk.say("utter_nothing_open")


def _not_an_answer(talk: Talk) -> None:
    state = talk.state
    state.misses += 1
    talk.say("utter_answer_not_understood")
    if state.misses >= 2:
        state.misses = 0
        talk.say("utter_offer_person")
    aside.put_again(talk, asked_for=True)


def _say_case(talk: Talk) -> None:
    number = (talk.state.case or {})["number"]
    if talk.state.parked:
        options = [talk.option("yes", "affirm", "resume"), talk.option("no", "deny", "stop")]
        talk.ask("offer_next", "utter_case_and_continue", options, number=number)
    else:
        talk.say("utter_case_known", number=number)


def _person(talk: Talk) -> None:
    handoff.hand_over(talk, "asked")


def _resume(talk: Talk) -> None:
    if talk.situation:
        walking.resume_guide(talk)
    elif talk.state.parked:
        waiting = talk.state.parked.pop()
        deciding.take_up(talk, waiting.situation, waiting.check, waiting.words)
    else:
        talk.say("utter_nothing_open")


def _agree_or_go_back(talk: Talk) -> None:
    """After "whenever you want to go on": yes, or back, is that wish."""
    state = talk.state
    if talk.check and talk.turn.best(REPLIES).name == "go_back":
        answering.STANDING["go_back"](talk, talk.check)
    elif state.pending is None and state.parked and not state.case:
        _resume(talk)
    else:
        out_of_place(talk)


def _resolved(talk: Talk) -> None:
    """Solved after all, once the guide was left or handed over, or before one was opened."""
    if talk.situation is None and talk.state.parked:
        waiting = talk.state.parked.pop()
        talk.state.situation, talk.state.check = waiting.situation, waiting.check
        if talk.check:
            records.note(talk, talk.check, RESOLVED)
        closing.solved(talk)
    elif talk.state.pending and talk.state.pending.kind in _BEFORE_A_GUIDE:
        talk.state.pending = None
        talk.say("utter_solved")
        talk.say("utter_anything_else")
    else:
        out_of_place(talk)


def _stop(talk: Talk) -> None:
    if talk.situation:
        closing.stop(talk)
    else:
        talk.state.pending = None
        talk.say("utter_stopped_nothing")


def _wrong(talk: Talk) -> None:
    asking.ask_other_situation(talk)


def _articles(talk: Talk) -> None:
    if talk.situation:
        closing.show_articles(talk, every=True)
    else:
        opening.outside(talk)


def _start_over(talk: Talk) -> None:
    """A long sentence may mean another order of things, so what was checked is not dropped yet."""
    if talk.situation and len(talk.turn.text.split()) > LONGEST_COMMAND:
        options = [
            talk.option("continue", "deny", "resume"),
            talk.option("anew", "affirm", "start_over"),
        ]
        talk.ask("returning", "utter_confirm_anew", options)
    else:
        deciding.start_anew(talk)


def _wait(talk: Talk) -> None:
    talk.say("utter_take_time")
    aside.put_again(talk)


def _verdict(talk: Talk) -> None:
    aside.answer(talk, "praise" if talk.turn.best(REPLIES).name == "praise" else "complaint")


_ANYWHERE: dict[str, Callable[[Talk], None]] = {
    "person": _person,
    "resolved": _resolved,
    "resume": _resume,
    "affirm": _agree_or_go_back,
    "go_back": _agree_or_go_back,
    "start_over": _start_over,
    "stop": _stop,
    "wrong_situation": _wrong,
    "articles": _articles,
    "praise": _verdict,
    "complaint": _verdict,
    "repeat": aside.put_again_or_help,
    "wait": _wait,
}
