"""What may stand in the body of a request to the channel."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Optional

from rasa_components.logs import accept_request_id

LONGEST_BODY = 32 * 1024
LONGEST_TEXT = 4000  # the gateway's 2,000 and some, so that only a mistake is refused here
LONGEST_PAGE = 200
_ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


def read_body(body: bytes) -> Any:
    """Return the JSON of a body, or None where it is none or too long."""
    try:
        return json.loads(body) if len(body) <= LONGEST_BODY else None
    except (ValueError, RecursionError):
        return None


def read_metadata(given: Any, request_id: Optional[str]) -> Dict[str, str]:
    """Return what is known of the request: page and request_id; anything else is left out."""
    metadata = given if isinstance(given, dict) else {}
    page = metadata.get("page")
    number = accept_request_id(metadata.get("request_id")) or accept_request_id(request_id)
    found = {"page": page if is_text(page, LONGEST_PAGE) else "", "request_id": number}
    return {key: value for key, value in found.items() if value}


def is_ulid(value: Any) -> bool:
    """Whether a value is an id as the gateway makes them."""
    return isinstance(value, str) and bool(_ULID.fullmatch(value))


def is_text(value: Any, longest: int = LONGEST_TEXT) -> bool:
    """Whether a value is a text that every store takes: not empty, no NUL, no lone surrogate."""
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        return False
    return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
