"""Per intent: how its phrases are taken; and for each confusion the phrases responsible."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from assistant.dialogue.turn import FALLBACK, OUT_OF_SCOPE, UNSURE
from trainer.evaluate.measure import wilson
from trainer.evaluate.neighbours import Neighbours
from trainer.evaluate.outcomes import Outcome

NEAREST = 2


def table(found: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return a row for each intent, the least understood first."""
    rows: dict[str, list[Outcome]] = defaultdict(list)
    for one in found:
        if one.phrase.kind != "ambiguous":
            rows[one.phrase.intent].append(one)
    made = [_row(intent, some) for intent, some in rows.items()]
    return sorted(made, key=lambda row: (row["right"] / row["n"], row["intent"]))


def _row(intent: str, some: Sequence[Outcome]) -> dict[str, Any]:
    ways = Counter(o.way for o in some)
    low, high = wilson(ways["right"], len(some))
    counts = {way: ways[way] for way in ("right", "asked", "refused", "wrong")}
    first = sum(o.first == intent for o in some)
    taken = Counter(label for o in some if (label := taken_for(o)))
    return {
        "intent": intent, "kind": some[0].phrase.kind, "n": len(some), **counts, "first": first,
        "low": low, "high": high, "taken": taken.most_common(3),
    }  # fmt: skip


def taken_for(one: Outcome) -> str:
    """Return the wrong label that a phrase was taken for, or leaned to; "" where there is none."""
    if one.phrase.kind in ("reply", "small_talk") or one.way == "wrong":
        label = one.taken if one.way == "wrong" else ""
    else:
        label = one.first
    right = label == one.phrase.intent or (one.phrase.intent == OUT_OF_SCOPE and one.way == "right")
    return "" if right or label in (UNSURE, FALLBACK) else label


def confusions(found: Sequence[Outcome], training: Neighbours) -> list[dict[str, Any]]:
    """Return each confusion of two labels, the most frequent first, with its phrases.

    A phrase comes with how it was taken, the confidence of the wrong label, and the training
    phrases of that label nearest to it, which may stand in the wrong place.
    """
    pairs: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for one in found:
        if one.phrase.kind != "ambiguous" and (label := taken_for(one)):
            pairs[one.phrase.intent, label].append(one)
    ordered = sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [
        {"intent": intent, "taken": label, "phrases": list(_phrases(some, label, training))}
        for (intent, label), some in ordered
    ]


def _phrases(some: Sequence[Outcome], label: str, training: Neighbours) -> Iterator[dict[str, Any]]:
    for one in sorted(some, key=lambda o: o.phrase.text):
        near = training.nearest(one.phrase.text, label, NEAREST)
        sure = one.turn.confidence(label)
        yield {"text": one.phrase.text, "way": one.way, "confidence": sure, "nearest": near}


def not_offered(found: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return the ambiguous messages of which no acceptable situation is opened or offered."""
    return [
        {
            "text": o.phrase.text,
            "way": o.way,
            "accepted": sorted(o.phrase.accepted),
            "taken": o.first if o.way != "asked" else ", ".join(o.turn.candidates),
        }
        for o in sorted(found, key=lambda o: o.phrase.text)
        if o.phrase.kind == "ambiguous" and not o.acceptable
    ]
