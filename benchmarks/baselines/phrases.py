"""The phrases that every system learns, and those on which it is judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from assistant.settings import ROOT
from benchmarks.nlu.data import Rows
from trainer.phrases import read_file, read_phrases

SEED = 7


def training() -> Rows:
    """Return (phrase, intent) of the situations and of out of scope in data/."""
    found = read_phrases(ROOT / "data/situations") + read_file(ROOT / "data/out_of_scope.yml")
    return [(text, intent) for intent, text in found]


def heldout() -> Rows:
    """Return (phrase, situation) of the held-out phrases of situations."""
    found = read_file(ROOT / "tests/nlu/heldout/situations.yml")
    return [(text, intent) for intent, text in found]


def sample(rows: Sequence[tuple[str, str]], per_intent: int | None = None) -> Rows:
    """Return the first `per_intent` of a fixed shuffle of each intent, or all, mixed.

    The order of `rows` does not matter, and a smaller sample is part of every larger one. Mixed,
    because nlp.js learns phrase by phrase: intent after intent, in the files' order, it gets
    31 % right instead of 95 %.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    for text, intent in sorted(rows):
        texts[intent].append(text)
    found: Rows = []
    for intent, some in texts.items():
        Random(f"{SEED} {intent}").shuffle(some)  # noqa: S311 - a sample, not a secret
        found += [(text, intent) for text in some[:per_intent]]
    Random(SEED).shuffle(found)  # noqa: S311
    return found
