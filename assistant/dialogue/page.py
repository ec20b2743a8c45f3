"""Where in the CRM someone is when they ask: among likely situations, that screen's come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.knowledge import Situation
from assistant.text import fold

# Shorter words ("e", "de") name no module.
_LEAST_LETTERS = 4


def nearest(
    page: str, candidates: Sequence[str], situations: Mapping[str, Situation]
) -> tuple[list[str], list[str]]:
    """Return the candidates whose module `page` names, and all of them with those in front."""
    here = _words(page)
    near = [c for c in candidates if here & _words(situations[c].module)]
    return near, near + [c for c in candidates if c not in near]


def _words(text: str) -> frozenset[str]:
    words = fold(text).replace("e mail", "email").split()
    return frozenset(word.rstrip("s") for word in words if len(word) >= _LEAST_LETTERS)
