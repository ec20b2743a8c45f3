"""What each choice does, by the kind of question that was open."""

from __future__ import annotations

from collections.abc import Callable

from assistant.dialogue import (
    answering,
    asking,
    closing,
    handoff,
    opening,
    records,
    returned,
    walking,
)
from assistant.dialogue import state as outcomes
from assistant.dialogue.talk import Talk


def decide(talk: Talk, option_id: str) -> None:
    """Act on a choice of the open question."""
    pending = talk.state.pending
    assert pending is not None
    talk.state.misses = 0
    if option_id == "person" and pending.kind != "check":
        handoff.hand_over(talk, "asked" if pending.kind != "after_articles" else "checks_exhausted")
    else:
        _BY_KIND[pending.kind](talk, option_id)


def _after_articles(talk: Talk, option_id: str) -> None:
    check = talk.check
    if option_id == "resolved":
        closing.solved(talk)
    elif option_id == "not_resolved":
        closing.offer_case(talk)
    elif option_id == "all_articles":
        closing.show_articles(talk, every=True)
    elif option_id == "go_back" and check:
        walking.show(talk, check, "utter_check")
    elif check:
        answering.STANDING[option_id](talk, check)


def _aside(talk: Talk, option_id: str) -> None:
    check = talk.check
    assert check is not None
    if option_id == "resolved":
        records.note(talk, check, outcomes.RESOLVED)
        closing.solved(talk)
    else:
        assert talk.situation is not None
        walking.go_to(talk, talk.situation.after(check))


def _offer_case(talk: Talk, option_id: str) -> None:
    if option_id == "yes":
        handoff.hand_over(talk, "checks_exhausted")
    else:
        closing.stop(talk)


def _case_words(talk: Talk, option_id: str) -> None:
    handoff.hand_over_with(talk, "")


def _clarify(talk: Talk, option_id: str) -> None:
    pending = talk.state.pending
    assert pending is not None
    if option_id == "none":
        known = talk.world.knowledge.situations
        offered = [o.id for o in pending.options if o.id in known]
        talk.state.refused += [o for o in offered if o not in talk.state.refused]
        talk.state.pending = None
        asking.describe_again(talk)
    else:
        opening.begin(talk, option_id, pending.data.get("words") or talk.turn.text)


def _error_article(talk: Talk, option_id: str) -> None:
    if option_id == "resolved":
        talk.state.pending = None
        talk.say("utter_solved")
        closing.offer_next(talk)
    else:
        _clarify(talk, option_id)


def _suggestion(talk: Talk, option_id: str) -> None:
    if option_id == "resolved":
        talk.state.pending = None
        talk.say("utter_solved")
        closing.offer_next(talk)
    else:
        asking.ask_module(talk)


def _module(talk: Talk, option_id: str) -> None:
    asking.ask_in_module(talk, int(option_id.removeprefix("module")))


def _switch(talk: Talk, option_id: str) -> None:
    pending = talk.state.pending
    assert pending is not None
    if option_id == "switch":
        closing.park(talk)
        opening.begin(talk, pending.data["to"], pending.data["words"])
    else:
        walking.resume_guide(talk)


def _returning(talk: Talk, option_id: str) -> None:
    if option_id == "continue":
        walking.resume_guide(talk)
    else:
        start_anew(talk)


def _offer_next(talk: Talk, option_id: str) -> None:
    waiting = talk.state.parked.pop()
    if option_id == "no":
        talk.state.pending = None
        closing.offer_next(talk)
    else:
        take_up(talk, waiting.situation, waiting.check, waiting.words)


def _feedback(talk: Talk, option_id: str) -> None:
    closing.take_feedback(talk, option_id)


def _reason(talk: Talk, option_id: str) -> None:
    closing.take_reason(talk, talk.labels[option_id])


def take_up(talk: Talk, situation: str, check: str | None, words: str) -> None:
    """Go on with a guide that was left, or begin a problem that was only named."""
    if check is None:
        walking.open_guide(talk, situation, words, talk.turn.confidence(situation) or 1.0)
        return
    state = talk.state
    state.situation, state.check, state.user_words, state.pending = situation, check, words, None
    talk.say("utter_resumed", title=talk.named(situation).title)
    walking.resume_guide(talk)


def reopen(talk: Talk) -> None:
    """It was not solved after all: back to the guide, at the check after the last."""
    if returned.was_solved_by_person(talk):
        returned.not_solved(talk)
        return
    state, solved = talk.state, talk.state.solved
    assert solved is not None
    state.situation, state.check, state.user_words = solved.situation, solved.check, solved.words
    state.solved = state.pending = state.feedback = None
    talk.say("utter_reopened")
    check = talk.check
    if check is None:
        closing.show_articles(talk)
        return
    records.note(talk, check, outcomes.NOT_RESOLVED)
    walking.go_to(talk, walking.onward(talk, check))


def start_anew(talk: Talk) -> None:
    """Forget the open guide, what waits, and what was refused; keep cases and permissions."""
    state = talk.state
    state.close_guide()
    state.solved = None
    state.records, state.parked, state.refused, state.candidates = [], [], [], []
    state.shown_articles, state.facts, state.user_words, state.feedback = [], {}, "", None
    talk.say("utter_restarted")


_BY_KIND: dict[str, Callable[[Talk, str], None]] = {
    "check": answering.choose,
    "stuck": answering.choose_when_stuck,
    "aside": _aside,
    "after_articles": _after_articles,
    "clarify": _clarify,
    "error_article": _error_article,
    "suggestion": _suggestion,
    "offer_case": _offer_case,
    "case_words": _case_words,
    "lost": lambda talk, option_id: asking.ask_module(talk),
    "module": _module,
    "switch": _switch,
    "returning": _returning,
    "offer_next": _offer_next,
    "case_solved": returned.take_verdict,
    "case_next": returned.choose_next,
    "feedback": _feedback,
    "feedback_reason": _reason,
}
# Every kind of question there is.
KINDS = frozenset(_BY_KIND)
