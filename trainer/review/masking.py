"""Personal data in what people wrote: masked before it is shown, and again as an example.

No library: presidio needs models of hundreds of MB for names and knows no Brazilian documents by
itself; scrubadub is no longer kept up; python-stdnum and phonenumbers tell whether a number is
valid, and an invalid one is somebody's too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from trainer.review.names import Names
from trainer.review.patterns import ANY, NEEDED

FILE = Path(__file__).with_name("masking.yml")
# Digits in parts ("12-3456/7890") from which on they are no day and no ratio.
LONG_DIGITS = 8
_YEAR = re.compile(r"(?:19|20)\d\d")
_HERS = re.compile(
    r"(?:\b(?:a|da|na|pela|dona|sra|dra|srta|senhora|doutora|obrigada|grata)|à)\W+$", re.I
)


@dataclass(frozen=True)
class Words:
    """masking.yml: placeholders by kind, the sentence for an erased message, and names."""

    shown: dict[str, str]
    example: dict[str, str]
    erased: str
    names: Names


@lru_cache(maxsize=1)
def words() -> Words:
    """Return the lists, read once."""
    raw: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    kinds = raw["placeholders"]
    names = Names(*(frozenset(raw[k].split()) for k in ("first_names", "surnames", "not_names")))
    return Words(
        shown={kind: one["shown"] for kind, one in kinds.items()},
        example={kind: str(one["example"]) for kind, one in kinds.items()},
        erased=raw["erased"],
        names=names,
    )


def mask(text: str) -> str:
    """Return `text` with personal data as placeholders, "[nome]"; masking twice changes nothing."""
    found = words()
    without_numbers = ANY.sub(_replaced, text) if NEEDED.search(text) else text
    return found.names.mask(without_numbers, found.shown["name"])


def mask_example(text: str) -> str:
    """Return `text` as one line fit for training: masked, with invented values of the same shape.

    Brackets become parentheses, since Rasa reads "[words](entity)" as an annotation.
    """
    found = words()
    line = " ".join(mask(text).split())
    for kind, shown in found.shown.items():
        if kind not in ("name", "her"):
            line = line.replace(shown, found.example[kind])
    for place in reversed([m.start() for m in re.finditer(re.escape(found.shown["name"]), line)]):
        kind = "her" if _HERS.search(line[:place]) else "name"
        line = line[:place] + found.example[kind] + line[place + len(found.shown["name"]) :]
    return line.translate(str.maketrans("[]{}", "()()"))


def _replaced(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    if kind.startswith("stays") or (kind == "number_parts" and not _is_long(match[0])):
        return match[0]
    kept = match.groupdict().get(f"keep_{kind}") or ""
    return kept + words().shown[kind.partition("_")[0]]


def _is_long(parts: str) -> bool:
    """Whether numbers joined by "-" and "/" are a number of somebody's, not days or years."""
    numbers = re.split(r"[./-]", parts)
    if all(len(n) <= 2 or _YEAR.fullmatch(n) for n in numbers):
        return False
    return sum(map(len, numbers)) >= LONG_DIGITS
