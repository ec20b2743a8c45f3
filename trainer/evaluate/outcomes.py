"""What NLU decides about a phrase, and the figures of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from assistant.dialogue.reading import read_at_check
from assistant.dialogue.turn import FALLBACK, OUT_OF_SCOPE, Turn, read_turn
from trainer.evaluate.heldout import Phrase
from trainer.evaluate.measure import Measure, measure
from trainer.judging import way

Parse = Callable[[str], Mapping[str, Any]]
# A reply that names nothing of its guide is read as if a check of this one had been shown.
GUIDE = "email_send_receive"
REFUSALS = frozenset({OUT_OF_SCOPE, FALLBACK})
_AMBIGUOUS = {
    "ambiguous_asked": "asked",
    "ambiguous_opened": "right",
    "ambiguous_wrong": "wrong",
    "ambiguous_refused": "refused",
}


@dataclass(frozen=True)
class Outcome:
    """A phrase, how it was read, what it was taken for: right, asked, refused or wrong."""

    phrase: Phrase
    turn: Turn
    taken: str
    way: str

    @property
    def first(self) -> str:
        """Return the likeliest label of all."""
        return self.turn.ranking[0].name if self.turn.ranking else FALLBACK

    @property
    def acceptable(self) -> bool:
        """Whether an acceptable situation is opened, or among those offered."""
        offered = set(self.turn.candidates) if self.way == "asked" else {self.taken}
        return bool(offered & self.phrase.accepted)

    def among(self, most: int, situations: Iterable[str]) -> bool:
        """Whether the right situation is among the first `most` situations."""
        known = set(situations)
        best = [g.name for g in self.turn.ranking if g.name in known][:most]
        return self.phrase.intent in best


def outcomes(phrases: Iterable[Phrase], parse: Parse) -> list[Outcome]:
    """Return what becomes of each phrase when `parse` reads it."""
    return [outcome(phrase, read_turn(parse(phrase.text))) for phrase in phrases]


def outcome(phrase: Phrase, turn: Turn) -> Outcome:
    """Judge how one phrase was read; a reply as at a check of the guide that it was given in."""
    at_check = phrase.kind == "reply"
    taken = read_at_check(turn, phrase.guide or GUIDE) if at_check else turn.intent
    return Outcome(phrase, turn, taken, _way(phrase, taken))


def _way(phrase: Phrase, taken: str) -> str:
    if taken in phrase.accepted or (phrase.intent == OUT_OF_SCOPE and taken in REFUSALS):
        return "right"
    found = way(taken, phrase.accepted)
    refused = taken == FALLBACK or phrase.kind in ("situation", "ambiguous")
    return found if found != "refused" or refused else "wrong"


def understanding(found: Sequence[Outcome], situations: Iterable[str]) -> Iterator[Measure]:
    """Yield the figures of what NLU decides, of every kind of phrase."""
    known, kinds = set(situations), by_kind(found)
    some = kinds.get("situation", [])
    yield _share("situation_first", some, lambda o: o.first == o.phrase.intent)
    yield _share("situation_three", some, lambda o: o.among(3, known))
    yield _share("situation_wrong", some, lambda o: o.way == "wrong")
    yield _share("situation_stopped", some, lambda o: o.way in ("asked", "refused"))
    yield _share("situation_asked", some, lambda o: o.way == "asked")
    yield _share("situation_refused", some, lambda o: o.way == "refused")
    yield from _scope(kinds.get(OUT_OF_SCOPE, []), known)
    some = kinds.get("ambiguous", [])
    yield _share("ambiguous_acceptable", some, lambda o: o.acceptable)
    for key, taken in _AMBIGUOUS.items():
        yield _share(key, some, partial(_taken, taken))
    for kind in ("reply", "small_talk"):
        yield _share(kind, kinds.get(kind, []), lambda o: o.way == "right")
    yield _share("reply_elsewhere", kinds.get("reply", []), _read_elsewhere)


def _read_elsewhere(one: Outcome) -> bool:
    """Whether a reply is understood in one fixed guide, whatever its words name."""
    return read_at_check(one.turn, GUIDE) == one.phrase.intent


def _scope(some: Sequence[Outcome], known: set[str]) -> Iterator[Measure]:
    yield _share("scope_refused", some, lambda o: o.way == "right")
    sources = sorted({o.phrase.source for o in some})
    for source in sources if len(sources) > 1 else []:
        part = [o for o in some if o.phrase.source == source]
        yield _share(f"scope_refused/{source}", part, lambda o: o.way == "right")
    yield _share("scope_opened", some, lambda o: o.taken in known)


def by_intent(found: Sequence[Outcome]) -> Iterator[Measure]:
    """Yield the share of right phrases of each intent that has one."""
    for intent in sorted({o.phrase.intent for o in found if o.phrase.kind != "ambiguous"}):
        some = [o for o in found if o.phrase.intent == intent]
        yield _share(f"intent/{intent}", some, lambda o: o.way == "right")


def missed_by_intent(found: Sequence[Outcome]) -> dict[str, list[dict[str, str]]]:
    """Return, by the key of by_intent, each phrase that is not right, how, and for what."""
    missed: dict[str, list[dict[str, str]]] = {}
    for o in found:
        if o.way != "right" and o.phrase.kind != "ambiguous":
            row = {"text": o.phrase.text, "way": o.way, "taken": _rival(o)}
            missed.setdefault(f"intent/{o.phrase.intent}", []).append(row)
    return missed


def _rival(one: Outcome) -> str:
    """Return the likeliest label that is not the right one."""
    names = (g.name for g in one.turn.ranking)
    return next((name for name in names if name not in one.phrase.accepted), FALLBACK)


def _taken(way: str, one: Outcome) -> bool:
    return one.way == way


def _share(key: str, some: Sequence[Outcome], holds: Callable[[Any], bool]) -> Measure:
    return measure(key, ((o.phrase.text, holds(o)) for o in some))


def by_kind(found: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Return the outcomes by the kind of their phrase."""
    kinds: dict[str, list[Outcome]] = {}
    for one in found:
        kinds.setdefault(one.phrase.kind, []).append(one)
    return kinds
