"""Similar messages in groups: characters and words as TF-IDF, average linkage by cosine.

Offline, and the same messages give the same groups.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.feature_extraction.text import TfidfVectorizer

from assistant.text import fold, shorten
from trainer.review.items import REASONS, Group, Item

# Messages whose average cosine is above this are about the same.
ALIKE = 0.2
# The share of characters in the likeness; the rest is words.
CHARACTERS = 0.5
# Below this likeness a group resembles no situation.
NEAR = 0.15
# The newest texts that are compared with each other: memory grows with the square.
MOST_TEXTS = 3000
HALF_LIFE = timedelta(days=7)
WEEK = timedelta(days=7)
MOST_WORDS = 3
TYPICAL_LENGTH = 120
_PLACEHOLDER = re.compile(r"\[[^\]\n]{2,50}\]")
_LETTERS = r"[a-z0-9]{2,}"
_WORD = re.compile(r"[^\W\d_]{3,}")


def group(
    items: Sequence[Item], situations: Mapping[str, Sequence[str]], now: datetime
) -> list[Group]:
    """Return the items in groups, those of many and new messages first.

    `situations`: texts that tell of each situation, by its id. Items older than the newest
    MOST_TEXTS different texts are left out.
    """
    by_text: dict[str, list[Item]] = {}
    for item in sorted(items, key=lambda item: (item.at, item.message), reverse=True):
        by_text.setdefault(_plain(item.text), []).append(item)
    texts = list(by_text)[:MOST_TEXTS]
    if not texts:
        return []
    space = _Space(texts, situations)
    groups = []
    by_label: dict[int, list[int]] = {}
    for place, label in enumerate(space.labels):
        by_label.setdefault(label, []).append(place)
    for places in by_label.values():
        members = [item for place in places for item in by_text[texts[place]]]
        groups.append(_group(space, places, members, now))
    return sorted(groups, key=lambda one: (-_weight(one.items, now), one.key))


class _Space:
    """The texts by their likeness, and a label for each: the group that it is in."""

    def __init__(self, texts: Sequence[str], situations: Mapping[str, Sequence[str]]) -> None:
        self._texts = texts
        self._ids = list(situations)
        told = [" ".join(map(fold, situations[id])) for id in self._ids]
        characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        words = TfidfVectorizer(stop_words=sorted(stop_words()), token_pattern=_LETTERS)
        # With the last, there is always a word to count: "?" has none.
        everything = [*texts, *told, "omni"]
        parts = [
            characters.fit_transform(everything) * np.sqrt(CHARACTERS),
            words.fit_transform(everything) * np.sqrt(1 - CHARACTERS),
        ]
        vectors = sparse.hstack(parts, format="csr")
        mine = vectors[: len(texts)]
        self._likeness = (mine @ mine.T).toarray()
        self._to_situations = (mine @ vectors[len(texts) : len(texts) + len(told)].T).toarray()
        self.labels = _labels(self._likeness)
        self.rarity = dict(zip(words.get_feature_names_out(), words.idf_, strict=True))

    def typical(self, places: Sequence[int]) -> str:
        """Return the text that is most like all of these."""
        among = self._likeness[np.ix_(places, places)].sum(axis=1)
        return self._texts[places[int(np.argmax(among))]]

    def nearest(self, places: Sequence[int]) -> str | None:
        """Return the situation whose texts are most like these, if they are alike at all."""
        if not self._ids:
            return None
        likeness = self._to_situations[places].mean(axis=0)
        best = int(np.argmax(likeness))
        return self._ids[best] if likeness[best] >= NEAR else None


def _labels(likeness: Any) -> list[int]:
    if len(likeness) < 2:
        return [0] * len(likeness)
    distance = np.clip(1 - likeness, 0, None)
    np.fill_diagonal(distance, 0)
    joined = linkage(squareform(distance, checks=False), "average")
    return [int(label) for label in fcluster(joined, 1 - ALIKE, "distance")]


def _group(space: _Space, places: list[int], items: list[Item], now: datetime) -> Group:
    items = sorted(items, key=lambda item: (item.at, item.message), reverse=True)
    plain = [_plain(item.text) for item in items]
    typical = space.typical(places)
    text = next(item.text for item, own in zip(items, plain, strict=True) if own == typical)
    return Group(
        key=hashlib.sha256(typical.encode()).hexdigest()[:12],
        words=_telling(items, plain, space.rarity),
        typical=shorten(text, TYPICAL_LENGTH),
        nearest=_candidate(items) or space.nearest(places),
        count=len(items),
        people=len({item.conversation for item in items}),
        recent=sum(item.at > now - WEEK for item in items),
        before=sum(now - 2 * WEEK < item.at <= now - WEEK for item in items),
        newest=items[0].at,
        reasons=_reasons(items),
        items=tuple(items),
    )


def _telling(
    items: Sequence[Item], plain: Sequence[str], rarity: Mapping[str, float]
) -> tuple[str, ...]:
    """Return the words that most of a group and few others have, as people spell them."""
    counts = Counter(word for text in plain for word in set(text.split()))
    least = max(1, len(plain) // 3)
    telling = [
        word
        for word, count in counts.items()
        if count >= least and word in rarity and len(word) > 2 and not word.isdecimal()
    ]
    telling.sort(key=lambda word: (-counts[word] * rarity[word], word))
    spelt = Counter(w.lower() for item in items for w in _WORD.findall(_bare(item.text)))
    forms: dict[str, str] = {}
    for form, _ in sorted(spelt.items(), key=lambda pair: (-pair[1], pair[0])):
        forms.setdefault(fold(form), form)
    return tuple(forms.get(word, word) for word in telling[:MOST_WORDS])


def _candidate(items: Sequence[Item]) -> str | None:
    """Return what the assistant itself thought of first, where it did for half of them."""
    first = Counter(item.candidates[0] for item in items if item.candidates)
    if not first:
        return None
    name, count = min(first.items(), key=lambda pair: (-pair[1], pair[0]))
    return name if 2 * count >= len(items) else None


def _reasons(items: Sequence[Item]) -> Any:
    counts = Counter(reason for item in items for reason in item.reasons)
    return tuple((reason, counts[reason]) for reason in REASONS if counts[reason])


def _weight(items: Sequence[Item], now: datetime) -> float:
    """Each message counts one, and half as much with every week that has passed."""
    ages = [max(now - item.at, timedelta()) / HALF_LIFE for item in items]
    return round(float(sum(0.5**age for age in ages)), 6)


def _bare(text: str) -> str:
    return _PLACEHOLDER.sub(" ", text)


def _plain(text: str) -> str:
    """Return the text as it is compared; one without any word stands for itself."""
    return fold(_bare(text)) or text.strip() or " "


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Return the folded words of stopwords.yml."""
    file = Path(__file__).with_name("stopwords.yml")
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    return frozenset(word for one in raw["words"].split() for word in fold(one).split())
