"""Words of people with what names them taken out, before a trainer sees an example."""

from __future__ import annotations

import re

_NAME = r"[A-ZÀ-Ý][a-zà-ÿ]+"
# In this order: an address may hold digits, and a name may begin it.
_RULES = [
    (re.compile(r"\S+@\S+"), "[e-mail]"),
    (re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"\+?\d[\d .\-/()]{6,}\d"), "[número]"),
    (re.compile(r"\d{4,}"), "[número]"),
    (re.compile(r"(\b(?:[Mm]e chamo|[Mm]eu nome [ée]|[Aa]qui [ée])\s+)[\w' ]+"), r"\1[nome]"),
    (re.compile(rf"(?<=[^\s.!?:] ){_NAME}(?: d[aeo]s?)?(?: {_NAME})+"), "[nome]"),
]
MOST_SHOWN = 90


def mask(text: str) -> str:
    """Return a text, shortened, without addresses, numbers, and what looks like a name."""
    masked = " ".join(text.split())
    for pattern, instead in _RULES:
        masked = pattern.sub(instead, masked)
    return masked if len(masked) <= MOST_SHOWN else f"{masked[:MOST_SHOWN]}…"
