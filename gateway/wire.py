"""JSON from outside, read without trusting it."""

from __future__ import annotations

import json
from typing import Any

from gateway.normalise import drop_surrogates


class BrokenJSON(ValueError):
    """The bytes are not JSON in UTF-8, or are nested too deeply."""


def read_json(raw: bytes) -> Any:
    """Return what `raw` says, its texts free of lone surrogates; raise BrokenJSON."""
    try:
        found = json.loads(raw.decode("utf-8"), parse_constant=_refuse)
        return json.loads(drop_surrogates(json.dumps(found, ensure_ascii=False)))
    except (ValueError, RecursionError) as error:
        raise BrokenJSON(type(error).__name__) from error


def _refuse(constant: str) -> None:
    raise ValueError(constant)
