"""Reads a mistyped word as the common word that is one slip of the finger away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

# Shorter words are one slip away from too many others.
LEAST_LETTERS = 4
# A word in fewer training texts corrects no other.
LEAST_TEXTS = 3


def common_words(texts: Iterable[str]) -> list[str]:
    """Return the words that others are corrected to, the most frequent first."""
    counts = Counter(word for text in texts for word in set(text.split()))
    frequent = [w for w, n in counts.items() if n >= LEAST_TEXTS and _can_be_corrected(w)]
    return sorted(frequent, key=lambda word: (-counts[word], word))


class Spelling:
    """Words that were seen stay; others are looked up by what is left when a letter is dropped.

    Two words that share such a remainder differ by one letter dropped, doubled, mistaken or
    swapped with its neighbour (the idea of SymSpell). `common` is the most frequent first.
    """

    def __init__(self, known: Collection[str], common: Sequence[str]) -> None:
        self._known = frozenset(known)
        correctable = [word for word in common if _can_be_corrected(word)]
        self._rank = {word: place for place, word in enumerate(correctable)}
        self._meant: dict[str, str] = {}
        for word in correctable:
            for remainder in _remainders(word):
                self._meant.setdefault(remainder, word)

    def correct(self, text: str) -> str:
        """Return a normalised text with its mistyped words corrected."""
        return " ".join(self._word(word) for word in text.split())

    def _word(self, word: str) -> str:
        if word in self._known or not _can_be_corrected(word):
            return word
        meant = {self._meant[r] for r in _remainders(word) if r in self._meant}
        return min(meant, key=self._rank.__getitem__, default=word)


def _can_be_corrected(word: str) -> bool:
    return len(word) >= LEAST_LETTERS and word.isalpha()


def _remainders(word: str) -> Iterator[str]:
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
