"""What a form brought, as texts without characters that no file of ours may hold."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request

MOST_FIELDS = 1500
# U+2028 and U+2029 end a line for Python and for YAML, but not for JSON.
_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Form:
    """The fields, each with all its values."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a field without blanks around it, "" where it is missing."""
        return self.values.get(name, [""])[0].strip()

    def all(self, name: str) -> list[str]:
        """Return every value of a field that may come several times."""
        return self.values.get(name, [])

    def lines(self, name: str) -> list[str]:
        """Return a field's lines that have something in them."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def items(self, name: str) -> list[str]:
        """Return what stands between the commas of a field."""
        return [one.strip() for one in self.text(name).split(",") if one.strip()]


async def read_form(request: Request) -> Form:
    """Return the body's fields; raise HTTPException where it is no form."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415)
    try:
        body = (await request.body()).decode("ascii")
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(clean(value))
    return Form(found)


def clean(text: str) -> str:
    """Return a text with plain line ends and without control characters."""
    plain = _LINE_END.sub("\n", text)
    kept = (c for c in plain if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept))
