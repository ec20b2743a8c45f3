"""Two runs over the phrases that both measured: like with like, whatever came or went since.

A phrase is known by a short hash of its own, so that a reference holds nobody's words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from trainer.evaluate.measure import bootstrap, fingerprint, wilson

# Below this share of the reference's phrases, what is left is another sample.
LEAST_SHARED = 0.5
_LETTERS = 8
Score = Mapping[str, Any]


def phrase_ids(texts: Sequence[str]) -> str:
    """Return what phrases are known by, one after the other, each of the same length."""
    return "".join(sha256(text.encode()).hexdigest()[:_LETTERS] for text in texts)


def like_with_like(
    old: Score, new: Score, known: Mapping[str, str], now: Mapping[str, str]
) -> tuple[Score, Score, list[int]]:
    """Return both scores over the phrases of both runs, and which of the new ones those are.

    `known` and `now` have the ids of the phrases behind each fingerprint. The scores come back
    as they are, with all phrases, where they are the same, too few, or not known.
    """
    before, after = (_split(ids.get(row["phrases"], "")) for row, ids in ((old, known), (new, now)))
    both = set(before) & set(after)
    kept = [[at for at, one in enumerate(ids) if one in both] for ids in (before, after)]
    same = [before[at] for at in kept[0]] == [after[at] for at in kept[1]]
    few = not both or len(both) < LEAST_SHARED * len(before)
    if old["phrases"] == new["phrases"] or few or not same:
        return old, new, list(range(len(new["values"])))
    mark = fingerprint(sorted(both))
    return _only(old, kept[0], mark), _only(new, kept[1], mark), kept[1]


def _split(ids: str) -> list[str]:
    return [ids[at : at + _LETTERS] for at in range(0, len(ids), _LETTERS)]


def _only(row: Score, kept: Sequence[int], mark: str) -> dict[str, Any]:
    """Return a score of some of its phrases alone."""
    values = [row["values"][at] for at in kept]
    numbers, share = [float(one) for one in values], row["unit"] == "share"
    right = round(sum(numbers))
    low, high = wilson(right, len(kept)) if share else bootstrap(numbers)
    found = {"n": len(kept), "low": low, "high": high, "phrases": mark,
             "value": sum(numbers) / len(kept) if kept else 0.0,
             "values": "".join(values) if share else values}  # fmt: skip
    return {**row, **found}
