"""What one turn was taken for and what came of it, for review and figures.

Read off the slots before and after the turn and the names of the responses: the dialogue itself
knows nothing of it. No words of anybody are in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from assistant.dialogue import choices
from assistant.dialogue.state import Record, State
from assistant.dialogue.turn import FALLBACK, UNSURE, Turn, read_turn

Understanding = Literal["sure", "torn", "neither", "chosen"]
Trouble = Literal["unsure", "refused"]

_REFUSED = frozenset({"utter_out_of_scope", "utter_out_of_scope_aside", "utter_nearest_articles"})
_MISSED = frozenset({"utter_not_understood", "utter_answer_not_understood"})
_ASKED = frozenset({"utter_clarify", "utter_clarify_one", "utter_coverage"})
# With one of these, asking which it is was the right answer.
_RIGHTLY_ASKED = frozenset({"utter_sorry_wrong", "utter_help", "utter_nothing_open"})
_CASE = frozenset({"utter_case_opened", "utter_case_short", "utter_case_reopened"})
# Questions whose "it solved" belongs to no situation.
_WITHOUT_GUIDE = frozenset({"error_article", "suggestion"})
_ON_ARTICLES = _WITHOUT_GUIDE | {"after_articles", "aside"}


@dataclass(frozen=True)
class Happening:
    """One thing that happened in a turn.

    `kind`: started, resumed, reopened, shown, outcome, article, finished (the checks ended),
    solved, stopped, switched, wrong_situation, rejected (a candidate), handed_over, feedback.
    `value`: what a check showed, an article's id, by what it was solved (check, articles, person),
    or the verdict.
    """

    kind: str
    situation: str | None = None
    check: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Change:
    """A turn seen from outside: the message, the state before and after, what was said."""

    turn: Turn
    before: State
    after: State
    said: Collection[str]

    @property
    def started(self) -> bool:
        """Whether a guide was opened anew."""
        return "utter_guide_opened" in self.said

    def in_force(self) -> dict[tuple[str, str], Record]:
        """Return the records of before that still count: a guide opened anew forgets its own."""
        anew = self.after.situation if self.started else None
        return {(r.situation, r.check): r for r in self.before.records if r.situation != anew}


def heard(
    latest: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    said: Collection[str],
) -> dict[str, Any]:
    """Return, as JSON, how Rasa's `latest` message was understood and what it led to.

    `before` and `after` are slot values, `said` the names of the turn's responses.
    """
    turn = read_turn(latest)
    change = Change(turn, State.from_slots(before), State.from_slots(after), said)
    understanding = _understanding(change)
    return {
        "intent": turn.intent,
        "confidence": round(float((latest.get("intent") or {}).get("confidence") or 0.0), 4),
        "understanding": understanding,
        "trouble": _trouble(change, understanding),
        "candidates": list(turn.candidates),
        "situation": change.after.situation,
        "events": [asdict(one) for one in happenings(change, understanding)],
    }


def happenings(change: Change, understanding: Understanding) -> Iterator[Happening]:
    """Yield what happened, in the order in which a guide lives through it."""
    outcomes = list(_outcomes(change))
    left = [o for o in outcomes if o.situation == change.before.situation and not change.started]
    yield from left
    yield from _endings(change)
    yield from _openings(change, understanding)
    yield from (o for o in outcomes if o not in left)
    yield from _shown(change)
    yield from _articles(change)
    yield from _afterwards(change)


def _understanding(change: Change) -> Understanding:
    turn = change.turn
    if turn.option or choices.typed(change.before.pending, turn.text):
        return "chosen"
    named: dict[str, Understanding] = {UNSURE: "torn", FALLBACK: "neither"}
    return named.get(turn.intent, "sure")


def _trouble(change: Change, understanding: Understanding) -> Trouble | None:
    said = set(change.said)
    if understanding == "chosen":
        return None
    if said & _REFUSED:
        return "refused"
    asked = said & _ASKED and understanding != "sure" and not said & _RIGHTLY_ASKED
    return "unsure" if said & _MISSED or asked else None


def _outcomes(change: Change) -> Iterator[Happening]:
    known = change.in_force()
    for record in change.after.records:
        old = known.get((record.situation, record.check))
        same = old and (old.outcome, old.at) == (record.outcome, record.at)
        if record.outcome and not same:
            yield Happening("outcome", record.situation, record.check, record.outcome)


def _shown(change: Change) -> Iterator[Happening]:
    known = change.in_force()
    for record in change.after.records:
        old = known.get((record.situation, record.check))
        if record.shown and not (old and old.shown):
            yield Happening("shown", record.situation, record.check)


def _endings(change: Change) -> Iterator[Happening]:
    before, said = change.before, set(change.said)
    here = (before.situation, before.check)
    if "utter_solved" in said:
        yield _solved(change)
    if before.situation is None:
        new = [s for s in change.after.refused if s not in before.refused]
        yield from (Happening("rejected", situation) for situation in new)
    elif "utter_sorry_wrong" in said:
        yield Happening("wrong_situation", *here)
    elif said & {"utter_stopped", "utter_restarted"}:
        yield Happening("stopped", *here)
    elif change.after.situation not in (None, before.situation):
        yield Happening("switched", *here, change.after.situation)


def _solved(change: Change) -> Happening:
    kind = change.before.pending.kind if change.before.pending else ""
    by = "articles" if kind in _ON_ARTICLES else "person" if kind == "case_solved" else "check"
    solved = change.after.solved
    if solved is None or kind in _WITHOUT_GUIDE:
        return Happening("solved", value=by)
    return Happening("solved", solved.situation or None, solved.check, by)


def _openings(change: Change, understanding: Understanding) -> Iterator[Happening]:
    now = (change.after.situation, change.after.check)
    if change.started:
        yield Happening("started", now[0], value=understanding)
    elif "utter_resumed" in change.said:
        yield Happening("resumed", *now)
    elif "utter_reopened" in change.said:
        yield Happening("reopened", *now)


def _articles(change: Change) -> Iterator[Happening]:
    known = [] if change.started else change.before.shown_articles
    situation = change.after.situation or change.before.situation
    for article in change.after.shown_articles:
        if article not in known:
            yield Happening("article", situation, change.after.check, article)
    if "utter_checks_done" in change.said:
        yield Happening("finished", situation, change.after.check)


def _afterwards(change: Change) -> Iterator[Happening]:
    before, after = change.before, change.after
    if set(change.said) & _CASE and after.case:
        situation = after.case.get("situation")
        yield Happening("handed_over", situation, _check_of(change, situation))
    verdict, old = after.feedback or {}, before.feedback or {}
    if verdict.get("useful") is not None and verdict.get("useful") != old.get("useful"):
        value = "useful" if verdict["useful"] else "not_useful"
        yield Happening("feedback", verdict.get("situation"), value=value)


def _check_of(change: Change, situation: str | None) -> str | None:
    """Return the check at which a situation stands, also where its guide was put aside."""
    for state in (change.before, change.after):
        if situation and state.situation == situation:
            return state.check
    parked = (p.check for p in change.after.parked if p.situation == situation)
    return next(parked, None)
