"""What a person typed, made safe: readable characters only, and never a Rasa payload."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 2000

# Letters and symbols that draw nothing, beside controls, formats, marks and spaces.
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
# "/" and what looks like it: full-width, fraction, division, big solidus, small box diagonal.
_SLASHES = "/\uff0f\u2044\u2215\u29f8\u2571"
_SLASH_WORD = "barra"
# Between words of a pasted table or page; without a space the words would run together.
_SPACED = str.maketrans("\t\v\f", "   ")
_LINE_BREAKS = re.compile(r"\r\n|[\r\x85\u2028\u2029]")


def drop_surrogates(text: str) -> str:
    """Return `text` without lone surrogates, which no UTF-8 can hold."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def clean(text: str) -> str:
    """Return what a person wrote: NFC, one kind of line break, nothing invisible at the start.

    Control characters go (tabs become spaces); format characters inside stay, since emoji
    are joined by them. An empty answer means that nothing readable was written.
    """
    text = _LINE_BREAKS.sub("\n", drop_surrogates(text)).translate(_SPACED)
    kept = (c for c in text if c == "\n" or unicodedata.category(c) != "Cc")
    text = unicodedata.normalize("NFC", "".join(kept))
    return text[_start(text) :].rstrip()


def neutralise(text: str) -> str:
    """Return `text` so that Rasa reads it as text: leading slashes become the word "barra".

    Rasa strips white space and takes whatever then begins with "/" for an order.
    """
    start = _start(text)
    end = start
    while end < len(text) and (text[end] in _SLASHES or _is_invisible(text[end])):
        end += 1
    if not any(c in _SLASHES for c in text[start:end]):
        return text
    return f"{_SLASH_WORD} {text[end:]}".rstrip()


def _start(text: str) -> int:
    return next((i for i, c in enumerate(text) if not _is_invisible(c)), len(text))


def _is_invisible(character: str) -> bool:
    kind = unicodedata.category(character)
    return character in _BLANKS or kind[0] in "MZ" or kind in ("Cc", "Cf", "Cs")
