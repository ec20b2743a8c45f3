"""What one message was understood to mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

REPLIES = frozenset(
    [
        "resolved",
        "not_resolved",
        "already_tried",
        "menu_not_found",
        "no_permission",
        "go_back",
        "repeat",
        "articles",
        "person",
        "stop",
        "wrong_situation",
        "skip",
        "praise",
        "complaint",
        "affirm",
        "deny",
        "resume",
        "start_over",
        "wait",
    ]
)
SMALL_TALK = frozenset(
    ["greet", "thanks", "goodbye", "insult", "bot_challenge", "help", "privacy", "other_language"]
)
OUT_OF_SCOPE = "out_of_scope"
UNSURE = "unsure"
# Sent by payload alone, never trained: a pressed button, and what the team did with a case.
CHOOSE = "choose"
HAND_BACK = "hand_back"
CASE_CLOSED = "case_closed"
PAYLOADS = frozenset({CHOOSE, HAND_BACK, CASE_CLOSED})
FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Guess:
    """An intent and how probable it is, from 0 to 1."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Turn:
    """One message: its words, what NLU decided, and every reading it weighed.

    `intent` is what holds without context: a situation, a reply, small talk, `out_of_scope`,
    `unsure` (with `candidates`), `nlu_fallback`, or a payload's own. `option` is what a payload
    brings: the id behind a pressed button, a check to go on at, a case's number.
    """

    text: str
    intent: str = FALLBACK
    ranking: tuple[Guess, ...] = ()
    candidates: tuple[str, ...] = ()
    second: str = ""
    option: str = ""
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    message_id: str = ""
    page: str = ""

    def confidence(self, name: str) -> float:
        """Return how probable an intent is; 0 where it was not among the readings."""
        return next((g.confidence for g in self.ranking if g.name == name), 0.0)

    def best(self, names: Iterable[str]) -> Guess:
        """Return the most probable of `names`; a guess of 0 without a name where none is there."""
        among = set(names)
        return next((g for g in self.ranking if g.name in among), Guess("", 0.0))


def read_turn(latest: Mapping[str, Any]) -> Turn:
    """Read Rasa's `latest_message` (intent, intent_ranking, entities, understanding, metadata)."""
    intent = latest.get("intent") or {}
    understanding = latest.get("understanding") or {}
    entities = _by_name(latest.get("entities") or [])
    metadata = latest.get("metadata") or {}
    ranking = [Guess(g["name"], g["confidence"]) for g in latest.get("intent_ranking") or []]
    if not understanding and intent.get("name"):
        # A payload or a test names the intent itself: nothing was weighed.
        ranking = [Guess(intent["name"], 1.0)]
    return Turn(
        text=latest.get("text") or "",
        intent=intent.get("name") or FALLBACK,
        ranking=tuple(ranking),
        candidates=tuple(understanding.get("candidates", ())),
        second=understanding.get("second", ""),
        option=next(iter(entities.pop("option", ())), ""),
        entities=entities,
        message_id=latest.get("message_id") or "",
        page=str(metadata.get("page") or ""),
    )


def _by_name(entities: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entity in entities:
        value = str(entity.get("value", ""))
        found[entity["entity"]] = (*found.get(entity["entity"], ()), value)
    return found
