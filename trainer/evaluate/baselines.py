"""Simple ways to tell situations apart, to see what the model is worth beside them."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.dialogue.turn import OUT_OF_SCOPE
from assistant.knowledge import Knowledge
from assistant.knowledge.model import Situation
from assistant.text import fold
from trainer.evaluate.heldout import Phrase
from trainer.evaluate.measure import wilson

LEAST_LETTERS = 4


class Keywords:
    """The situation that shares the most telling words with a message.

    A situation's words are those of its title, its clarifying phrase and the titles of its
    checks, and the words under which knowledge/topics.yml names it. A word counts by how few
    situations have it (log of their number over those); without any the message is out of scope.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._words = {s.id: _words(s) for s in knowledge.situations.values()}
        for topic, ids in knowledge.topics.situations.items():
            for one in ids:
                self._words[one] |= set(topic.split())
        self._spread = Counter(w for words in self._words.values() for w in words)

    def label(self, text: str) -> str:
        """Return the likeliest situation, or out_of_scope."""
        heard = set(fold(text).split())
        scores = {one: self._score(heard & words) for one, words in self._words.items()}
        best = max(sorted(scores), key=scores.__getitem__)
        return best if scores[best] > 0 else OUT_OF_SCOPE

    def _score(self, shared: set[str]) -> float:
        return sum(math.log(len(self._words) / self._spread[word]) for word in sorted(shared))


def _words(situation: Situation) -> set[str]:
    texts = [situation.title, situation.clarify, *(check.title for check in situation.checks)]
    return {w for text in texts for w in fold(text).split() if len(w) >= LEAST_LETTERS}


def majority(training: Sequence[tuple[str, str]], situations: set[str]) -> str:
    """Return the situation with the most training phrases; the first by name where they tie."""
    counts = Counter(label for label, _ in training if label in situations)
    return max(sorted(counts), key=counts.__getitem__)


def compared(
    systems: dict[str, Callable[[str], str]], phrases: Sequence[Phrase]
) -> list[dict[str, Any]]:
    """Return each system's share of situations right first, and of out of scope taken for such."""
    some = [p for p in phrases if p.kind == "situation"]
    outside = [p for p in phrases if p.intent == OUT_OF_SCOPE]
    rows = []
    for name, label in systems.items():
        right = sum(label(p.text) == p.intent for p in some)
        refused = sum(label(p.text) == OUT_OF_SCOPE for p in outside)
        row = _row(name, right / max(len(some), 1), len(some))
        rows.append({**row, "scope": refused / len(outside) if outside else None})
    return rows


def recorded(path: Path) -> list[dict[str, Any]]:
    """Return the systems that reports/baselines.json holds, or none where it does not exist."""
    if not path.exists():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))
    return [
        {**_row(one["name"], one["first"], one["n"]), "measured": found["measured"], **_more(one)}
        for one in found["systems"]
    ]


def _row(name: str, first: float, n: int) -> dict[str, Any]:
    low, high = wilson(round(first * n), n)
    return {"name": name, "first": first, "n": n, "low": low, "high": high}


def _more(system: dict[str, Any]) -> dict[str, Any]:
    return {key: system.get(key) for key in ("train_seconds", "source")}
