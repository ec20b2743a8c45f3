"""How a message is written before its n-grams are counted: the same for training and use."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar

import yaml

from assistant.text import MAX_CHARACTERS, fold

WORDS = Path(__file__).with_name("words.yml")
FULL = {
    short: full
    for section in yaml.safe_load(WORDS.read_text(encoding="utf-8")).values()
    for short, full in section.items()
}
_EMAIL = re.compile(r"[\w.+-]+@[\w-][\w.-]*")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.I)
_DIGIT = re.compile(r"\d")
_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b")
_TIME = re.compile(r"\b\d{1,2}(?:h\d{0,2}|:\d{2}(?::\d{2})?)\b", re.I)
# "simmmm", "nãoo": three of any letter, or two at the end of a word that no word ends in.
_STRETCHED = re.compile(r"([a-z])\1{2,}|(?<=\w)([aeium])\2\b|(?<=na)(o)o\b")
# Error numbers mean something; any other number is only a number.
_TELLING = frozenset({"403", "500", "502", "503", "504", "365", "30"})
_JOINED = re.compile(r"\b(follow|e|report|out|sub) (up|ups|mail|mails|builder|look)\b")


def normalise(text: str) -> str:
    """Return `text` folded, with addresses, dates and numbers as placeholders, in full words."""
    cut = text[:MAX_CHARACTERS]
    if "@" in cut:
        cut = _EMAIL.sub(" xendereco ", cut)
    cut = _ADDRESS.sub(" xlink ", cut)
    if _DIGIT.search(cut):
        cut = _TIME.sub(" xhora ", _DATE.sub(" xdata ", cut))
    words = " ".join(map(_unstretched, fold(cut).split()))
    return " ".join(map(_plain, in_full(_JOINED.sub(r"\1\2", words)).split()))


def in_full(text: str) -> str:
    """Return a folded text with its abbreviations and English words written out."""
    return " ".join(FULL.get(word, word) for word in text.split())


Read = TypeVar("Read")
MOST_KEPT, LONGEST_KEPT = 50_000, 30


def kept_for_words(read: Callable[[str], Read]) -> Callable[[str], Read]:
    """Keep what `read` returns for a word, since the same come again and again.

    What is longer than LONGEST_KEPT is no word, and what is made of it may be large.
    """
    kept = lru_cache(maxsize=MOST_KEPT)(read)

    @wraps(read)
    def of(word: str) -> Read:
        return kept(word) if len(word) <= LONGEST_KEPT else read(word)

    return of


@kept_for_words
def _unstretched(word: str) -> str:
    return _STRETCHED.sub(r"\1\2\3", word)


def _plain(word: str) -> str:
    return "xnumero" if word.isdigit() and word not in _TELLING else word
