"""Handing over to a person: the sheet, at most eight lines, built from the records alone."""

from __future__ import annotations

from typing import Any

from assistant.dialogue import closing, records, returned
from assistant.dialogue.messages import Parts
from assistant.dialogue.talk import Talk
from assistant.text import shorten

MAX_LINE = 600


def hand_over(talk: Talk, reason: str) -> None:
    """Store a numbered case and say what happens next; an unchanged one is not opened twice."""
    state = talk.state
    if not (state.situation or state.user_words or state.parked or state.case):
        talk.ask("case_words", "utter_ask_case_words", [talk.option("register_now", "person")])
        return
    _register(talk, reason)


def hand_over_with(talk: Talk, words: str) -> None:
    """Hand over someone who asked for a person before saying what happens."""
    state, turn = talk.state, talk.turn
    state.user_words, state.pending = words, None
    if words and turn.intent in talk.world.knowledge.situations:
        state.situation, state.confidence = turn.intent, turn.confidence(turn.intent)
    _register(talk, "asked")


def _register(talk: Talk, reason: str) -> None:
    state = talk.state
    _take_up_what_was_left(talk)
    if state.case and _unchanged(talk):
        if state.case.get("closed"):
            returned.reopen(talk)
            return
        talk.say("utter_case_known", Parts(case=state.case["number"]), number=state.case["number"])
        return
    lines = sheet(talk, reason)
    key = f"{talk.conversation}:{talk.turn.message_id}"
    number = talk.world.cases.open(key, talk.conversation, lines, _facts(talk, reason))
    state.case = {"number": number, "situation": state.situation, "content": _content(talk)}
    response = "utter_case_opened" if state.open_records() else "utter_case_short"
    talk.say(response, Parts(case=number, copy="\n".join(lines)), number=number)
    _leave(talk)


def _take_up_what_was_left(talk: Talk) -> None:
    """Someone who stopped, or said "solved" too soon, still means that guide."""
    state = talk.state
    left = [*([state.solved] if state.solved else []), *reversed(state.parked)]
    same = next((p for p in left if p.check and p.words == state.user_words), None)
    if state.situation is None and state.case is None and same:
        state.situation, state.check = same.situation, same.check


def _leave(talk: Talk) -> None:
    """Put the guide aside, behind a problem that still waits; that one is offered now."""
    state = talk.state
    waiting = [p for p in state.parked if p.situation != state.situation]
    closing.park(talk)
    if waiting and state.parked[-1] not in waiting:
        state.parked = [state.parked[-1], *waiting]
        closing.offer_next(talk)


def _unchanged(talk: Talk) -> bool:
    """Whether nothing was said or checked since the last case; the guide may be parked by now."""
    state, case = talk.state, talk.state.case or {}
    same = state.situation in (None, case["situation"])
    return same and case.get("content") == _content(talk, case["situation"])


def _content(talk: Talk, situation: str | None = None) -> list[Any]:
    wanted = talk.state.situation or situation
    checks = [[r.check, r.outcome, r.answer] for r in talk.state.records if r.situation == wanted]
    return [talk.state.user_words, checks]


def sheet(talk: Talk, reason: str) -> list[str]:
    """Return the case's lines; a line without content is left out."""
    state, labels = talk.state, talk.labels
    articles = talk.world.knowledge.articles
    values = {
        "sheet_situation": _situation_line(talk),
        "sheet_words": f"«{shorten(state.user_words, 400)}»" if state.user_words else "",
        "sheet_checks": "; ".join(_check_texts(talk)),
        "sheet_articles": "; ".join(articles[a].title for a in state.shown_articles[-5:]),
        "sheet_facts": "; ".join(v for vs in state.facts.values() for v in vs),
        "sheet_page": talk.turn.page,
        "sheet_reason": labels[f"reason_{reason}"],
        "sheet_next": _next_step(talk, reason),
    }
    return [shorten(labels[k].format(value=v), MAX_LINE) for k, v in values.items() if v]


def _situation_line(talk: Talk) -> str:
    state, labels = talk.state, talk.labels
    if talk.situation is None:
        line = str(labels["sheet_unknown"])
    else:
        line = f"{talk.situation.title} ({round(state.confidence * 100)} %)"
    refused = "; ".join(talk.named(r).title for r in state.refused)
    return f"{line}. {labels['sheet_refused'].format(value=refused)}" if refused else line


def _check_texts(talk: Talk) -> list[str]:
    situation = talk.situation
    if situation is None:
        return []
    named = [(situation.check(r.check), r) for r in talk.state.open_records()]
    return [f"{c.title}: {records.outcome_text(talk, r)}" for c, r in named if c]


def _next_step(talk: Talk, reason: str) -> str:
    """The first check that nobody has dealt with, in the source's order; else the vendor."""
    situation = talk.situation
    if situation is None:
        return str(talk.labels["next_describe"])
    dealt = {r.check for r in talk.state.open_records() if r.outcome}
    left = next((c for c in _on_the_way(talk) if c.id not in dealt), None)
    if left is None or reason == "checks_exhausted":
        return str(talk.labels["next_vendor"])
    path = f" ({' > '.join(left.menu)})" if left.menu else ""
    return f"{left.title}{path}"


def _on_the_way(talk: Talk) -> list[Any]:
    """The open check and those that follow it in the file; all where none was begun."""
    situation, check = talk.situation, talk.check
    assert situation is not None
    return list(situation.checks[situation.checks.index(check) if check else 0 :])


def _facts(talk: Talk, reason: str) -> dict[str, Any]:
    state = talk.state
    return {
        "situation": state.situation,
        "confidence": state.confidence,
        "refused": state.refused,
        "user_words": state.user_words,
        "records": [vars(r).copy() for r in state.open_records()],
        "articles": state.shown_articles,
        "facts": state.facts,
        "reason": reason,
        "page": talk.turn.page,
        "version": talk.world.settings.version,
    }
