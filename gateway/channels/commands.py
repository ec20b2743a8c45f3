"""What an agent may write instead of a problem: a search, or the number of a case."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SEARCH = re.compile(r"buscar\b:?\s*(.*)", re.IGNORECASE | re.DOTALL)
_CASE = re.compile(r"caso\s*(?:n[ºo°.]*\s*)?#?\s*(\d{1,9})\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Search:
    """A search for articles; `words` may be empty."""

    words: str


@dataclass(frozen=True)
class ShowCase:
    """The case to be shown."""

    number: int


def read_command(text: str) -> Search | ShowCase | None:
    """Return the command that `text` is, or None where it is something for the assistant."""
    if found := _SEARCH.fullmatch(text.strip()):
        return Search(" ".join(found[1].split()))
    if found := _CASE.fullmatch(text.strip()):
        return ShowCase(int(found[1]))
    return None
