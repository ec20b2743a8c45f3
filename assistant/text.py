"""Small pure functions over the text that people type."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 2000

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_CLAUSE_END = re.compile(
    r"[.;!?\n]+\s*|,\s+|\s+-\s+|\s+(?:mas|por[eé]m|e agora|s[oó] que)\s+", re.I
)


class _Plain(dict[int, int | None]):
    """What `str.translate` needs to drop combining characters, looked up once each."""

    def __missing__(self, code: int) -> int | None:
        return self.setdefault(code, None if unicodedata.combining(chr(code)) else code)


_PLAIN = _Plain()


def strip_accents(text: str) -> str:
    """Return `text` with every accented letter as the plain one."""
    return text if text.isascii() else unicodedata.normalize("NFKD", text).translate(_PLAIN)


def fold(text: str) -> str:
    """Return `text` without accents, case or punctuation, its words apart by one space."""
    return _NOT_WORD.sub(" ", strip_accents(text).casefold()).strip()


def has_words(text: str) -> bool:
    """Whether `text` holds a letter or a digit at all (not only emoji, spaces, punctuation)."""
    return any(unicodedata.category(c)[0] in "LN" for c in text)


def clauses(text: str) -> list[str]:
    """Split `text` where one statement ends and another begins; empty parts are dropped."""
    return [part.strip() for part in _CLAUSE_END.split(text) if part.strip()]


def shorten(text: str, limit: int) -> str:
    """Return `text` on one line, cut at a word so that it has at most `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1].rsplit(" ", 1)[0]
    return f"{cut or line[: limit - 1]}…"
