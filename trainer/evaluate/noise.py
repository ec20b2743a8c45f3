"""Writes phrases as hurried people do; the same phrase, kind and seed give the same text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from assistant.text import strip_accents
from trainer.evaluate.heldout import Phrase
from trainer.evaluate.measure import Measure, measure

WORDS = Path(__file__).with_name("noise_words.yml")
SEEDS = (1, 2, 3)
# One word in this many has a typing error; a word of at least LEAST_LETTERS.
ONE_IN = 7
LEAST_LETTERS = 3
# How often a word that can be written otherwise is.
CHANCE = 0.7
# A Brazilian ABNT2 keyboard: letters, and how far each row is shifted, in keys.
ROWS = (("qwertyuiop", 0.0), ("asdfghjklç", 0.25), ("zxcvbnm", 0.75))
Rewrite = Callable[[str, random.Random], str]


def noisy(text: str, kind: str, seed: int) -> str:
    """Return `text` with one kind of noise; KeyError where the kind is unknown."""
    return KINDS[kind](text, random.Random(f"{seed} {kind} {text}"))  # noqa: S311


def typos(text: str, rng: random.Random) -> str:
    """Return `text` with typing errors in one word of seven on average."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if sum(map(str.isalpha, word)) >= LEAST_LETTERS]
    for i in long:
        if rng.random() < len(words) / ONE_IN / len(long):
            words[i] = mistyped(words[i], rng)
    return " ".join(words)


def mistyped(word: str, rng: random.Random) -> str:
    """Return a word with a neighbouring key hit, letters swapped, one dropped or one doubled."""
    at = rng.choice([i for i, letter in enumerate(word) if letter.isalpha()])
    letter, after = word[at], word[at + 1 : at + 2]
    near = neighbours(letter)
    ways = [word[:at] + word[at + 1 :], word[:at] + letter + word[at:]]
    if near:
        ways.append(word[:at] + rng.choice(near) + word[at + 1 :])
    if after.isalpha() and after != letter:
        ways.append(word[:at] + after + letter + word[at + 2 :])
    return rng.choice(ways)


def neighbours(letter: str) -> str:
    """Return the letters around a key, in the case of `letter`; none where it is on no key."""
    places = _places()
    key = letter.lower() if letter.lower() in places else strip_accents(letter.lower())
    if key not in places:
        return ""
    x, y = places[key]
    near = [k for k, (a, b) in places.items() if k != key and _touch(a - x, b - y)]
    return "".join(k.upper() if letter.isupper() else k for k in near)


def _touch(across: float, down: float) -> bool:
    return abs(across) <= 1 if down == 0 else abs(down) == 1 and abs(across) < 1


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[float, float]]:
    return {
        letter: (at + shift, float(row))
        for row, (letters, shift) in enumerate(ROWS)
        for at, letter in enumerate(letters)
    }


def abbreviations(text: str, rng: random.Random) -> str:
    """Return `text` with words shortened as in chats."""
    return _swapped(text, "abbreviations", rng)


def english(text: str, rng: random.Random) -> str:
    """Return `text` with some words in English."""
    return _swapped(text, "english", rng)


def _swapped(text: str, section: str, rng: random.Random) -> str:
    words, pattern = _section(section)

    def swap(found: re.Match[str]) -> str:
        spelling = rng.choice(words[found[0].lower()])
        if rng.random() >= CHANCE:
            return found[0]
        return spelling.upper() if found[0].isupper() and len(found[0]) > 1 else spelling

    return pattern.sub(swap, text)


@lru_cache(maxsize=2)
def _section(name: str) -> tuple[Mapping[str, Sequence[str]], re.Pattern[str]]:
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))[name]
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    either = "|".join(map(re.escape, longest_first))
    return words, re.compile(rf"(?<![\w@.-])(?:{either})(?![\w@-])", re.I)


def _all(text: str, rng: random.Random) -> str:
    for rewrite in (english, abbreviations, typos):
        text = rewrite(text, rng)
    return strip_accents(text)


KINDS: dict[str, Rewrite] = {
    "no_accents": lambda text, rng: strip_accents(text),
    "typos": typos,
    "abbreviations": abbreviations,
    "english": english,
    "all": _all,
}


def losses(phrases: Sequence[Phrase], first: Callable[[str], str]) -> Iterator[Measure]:
    """Yield, for each kind, how much less often `first` names the intent than on clean text.

    The value of a phrase is what it loses on the mean of the seeds, from -1 to 1.
    """
    clean = {p.text: first(p.text) == p.intent for p in phrases}
    for kind in KINDS:
        yield measure(
            f"noise/{kind}",
            ((p.text, clean[p.text] - _kept(p, kind, first)) for p in phrases),
        )


def _kept(phrase: Phrase, kind: str, first: Callable[[str], str]) -> float:
    right = [first(noisy(phrase.text, kind, seed)) == phrase.intent for seed in SEEDS]
    return sum(right) / len(SEEDS)
