"""A form sent over somebody else's change: only what its sender touched is theirs to decide."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.console.forms import Form
from gateway.console.naming import FIELDS
from gateway.console.wording import say

# The hidden field with what stood in the form when it was opened.
BASE = "base"


@dataclass(frozen=True)
class Moved:
    """A field that somebody else changed; `mine` is what the sender wrote there, None: nothing."""

    label: str
    theirs: str
    mine: str | None


def written(fields: Mapping[str, Any]) -> str:
    """Return the hidden field's value."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)


def merged(
    form: Form, mine: Mapping[str, Any], now: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Moved]]:
    """Return what the form shows now, and what somebody else changed meanwhile.

    What the sender touched stays; all else is as it is saved now.
    """
    base = _base(form)
    if base is None:
        return dict(mine), []
    touched = {name for name in mine if _plain(mine[name]) != _plain(base.get(name))}
    shown = {name: mine[name] if name in touched else now.get(name, mine[name]) for name in mine}
    moved = [
        Moved(FIELDS.get(name, name), _words(name, now[name]), _mine(mine, name, touched))
        for name in mine
        if name in now and _plain(now[name]) not in (_plain(base.get(name)), _plain(mine[name]))
    ]
    return shown, moved


def _base(form: Form) -> dict[str, Any] | None:
    try:
        found = json.loads(form.text(BASE))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _plain(value: Any) -> Any:
    """Return a field's value without what says nothing: blanks, and answers without a text."""
    if isinstance(value, list):
        return [row for row in value if row.get("label")]
    return value.strip() if isinstance(value, str) else value


def _mine(mine: Mapping[str, Any], name: str, touched: set[str]) -> str | None:
    return _words(name, mine[name]) if name in touched else None


def _words(name: str, value: Any) -> str:
    """Return a field's value as a person reads it; answers by their texts."""
    if name == "kind":
        return say(f"kind_{value}")
    if isinstance(value, list):
        value = "; ".join(one["label"] for one in value if one.get("label"))
    return str(value) or "(vazio)"
