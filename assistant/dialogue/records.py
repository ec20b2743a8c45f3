"""The records of what each check showed, and what the first message says was done already."""

from __future__ import annotations

import re

from assistant.dialogue import state as outcomes
from assistant.dialogue.state import Record
from assistant.dialogue.talk import Talk
from assistant.knowledge import Answer, Check
from assistant.text import clauses, fold

# "já fiz", "já verificamos", "testei e", "já foi conferido": done, by whoever.
_VERBS = (
    r"(?:fiz|fizemos|testei|testamos|tentei|tentamos|conferi|conferimos|verifiquei|verificamos"
    r"|olhei|olhamos|chequei|checamos|validei|validamos|revisei|revisamos|limpei|limpamos"
    r"|reiniciei|reiniciamos|conferid[oa]|verificad[oa])"
)
_DONE = re.compile(rf"\b(?:ja|acabei de|{_VERBS})\b")
_NOT_DONE = re.compile(rf"\b(?:nao|n|nunca|nem) (?:\w+ ){{0,2}}{_VERBS}\b")
# Having looked is one verb, whichever it was.
_LOOKED = re.compile(
    r"(?:confer|verific|chec|chequ|valid|revis|olh)(?:i|ei|imos|amos|id[oa]|ad[oa])"
)


def show(talk: Talk, check: Check) -> None:
    """Note that a check is now before the user."""
    record = talk.state.record_of(check.id)
    if record is None:
        record = Record(talk.state.situation or "", check.id, _now(talk))
        talk.state.records.append(record)
    record.shown = True


def note(talk: Talk, check: Check, outcome: str, answer: Answer | None = None) -> None:
    """Note what a check showed; the newest record of it changes."""
    record = talk.state.record_of(check.id)
    if record is None:
        record = Record(talk.state.situation or "", check.id, _now(talk))
        talk.state.records.append(record)
    kept = record.outcome == outcomes.ALREADY_TRIED and outcome == outcomes.NOT_RESOLVED
    record.outcome = record.outcome if kept else outcome
    record.answer = answer.label if answer else ""
    record.at = _now(talk)


def mark_tried(talk: Talk, words: str) -> list[Check]:
    """Mark the checks of the open guide that `words` say were done; return them."""
    marked = [c for c in _checks(talk) if not talk.state.record_of(c.id) and _tried(c, words)]
    for check in marked:
        note(talk, check, outcomes.ALREADY_TRIED)
    return marked


def take_back(talk: Talk) -> Check | None:
    """Forget the open check and the outcome of the one before; return that one, or None."""
    shown = [r for r in talk.state.open_records() if r.shown]
    if len(shown) < 2:
        return None
    talk.state.records.remove(shown[-1])
    shown[-2].outcome, shown[-2].answer = None, ""
    return talk.situation.check(shown[-2].check) if talk.situation else None


def place(talk: Talk, check: Check) -> tuple[int, int]:
    """Return which check of how many this is, along the longest way from here."""
    records = talk.state.open_records()
    shown = [r.check for r in records if r.shown]
    n = shown.index(check.id) + 1 if check.id in shown else len(shown) + 1
    passed_by = frozenset(r.check for r in records if r.outcome and not r.shown)
    assert talk.situation is not None
    return n, n - 1 + talk.situation.remaining(check, passed_by)


def done(talk: Talk) -> tuple[dict[str, str], ...]:
    """Return title and outcome, as read by people, of each check that was dealt with."""
    found = []
    for record in talk.state.open_records():
        check = talk.situation.check(record.check) if talk.situation else None
        if check and record.outcome and record.check != talk.state.check:
            found.append({"title": check.title, "outcome": outcome_text(talk, record)})
    return tuple(found)


def outcome_text(talk: Talk, record: Record) -> str:
    """Return what a record says, for people: the answer's own words, or its outcome's."""
    if record.outcome is None:
        return str(talk.labels["outcome_shown"])
    plain = record.outcome in (outcomes.ANSWERED, outcomes.NOT_RESOLVED, outcomes.RESOLVED)
    return record.answer if plain and record.answer else talk.labels[f"outcome_{record.outcome}"]


def _checks(talk: Talk) -> tuple[Check, ...]:
    return talk.situation.checks if talk.situation else ()


def _tried(check: Check, words: str) -> bool:
    for clause in map(fold, clauses(words)):
        if _DONE.search(clause) and not _NOT_DONE.search(clause):
            heard = set(map(_stem, clause.split()))
            if any(heard.issuperset(map(_stem, fold(g).split())) for g in check.tried):
                return True
    return False


def _stem(word: str) -> str:
    """Verbs of having looked are one word; so are singular and plural."""
    if _LOOKED.fullmatch(word):
        return "conferi"
    return re.sub(r"(?:s|(?<=e)i|amos|imos)$", "", word)


def _now(talk: Talk) -> str:
    return talk.now.isoformat(timespec="seconds")
