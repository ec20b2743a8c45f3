"""What `make situation` left to be filled in, shown as an empty field with a hint."""

from __future__ import annotations

import re
from collections.abc import Collection

from assistant.text import fold
from trainer.wording import MARK
from trainer.workbench.ids import MOST_LETTERS

# What stands where ids do in the addresses of pages.
PAGES = frozenset({"nova", "novo"})


def is_stub(text: object) -> bool:
    """Whether a text is still to be written."""
    return isinstance(text, str) and text.startswith(MARK)


def without(text: str) -> str:
    """Return a text; "" for one that is still to be written."""
    return "" if is_stub(text) else text


def hint(text: str) -> str:
    """Return what a stub asks for; "" for a text."""
    return text.removeprefix(MARK).lstrip(": ") if is_stub(text) else ""


def id_of(title: str, taken: Collection[str] = ()) -> str:
    """Return an id made of a title's words that is none of `taken`; "" where none can be made."""
    words = re.sub(r"[^a-z0-9]+", "_", fold(title)).strip("_").lstrip("0123456789_")
    made = f"{words}_1" if words in PAGES else _cut(words, MOST_LETTERS)
    ends = ("", *(f"_{n}" for n in range(2, 1000)))
    free = (f"{_cut(made, MOST_LETTERS - len(end))}{end}" for end in ends)
    return next(id for id in free if id not in taken) if made else ""


def _cut(words: str, most: int) -> str:
    """Return as many whole words as there is room for; a part of the first where it is too long."""
    if len(words) <= most:
        return words
    whole = words[: most + 1].rpartition("_")[0]
    return whole or words[:most]
