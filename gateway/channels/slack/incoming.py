"""What a person wrote in Slack, from the form that Slack gives it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"<([^<>]*)>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)")
# Of messages, those that a person wrote just now: nothing changed, deleted, joined or sent by apps.
_WRITTEN = {None, "file_share", "me_message", "thread_broadcast"}
_NOTE = re.compile(r"\s*nota\s*:", re.IGNORECASE)

Names = Mapping[str, str]


def is_written(event: Mapping[str, Any]) -> bool:
    """Whether a message event is something that a person wrote."""
    by_person = bool(event.get("user")) and not event.get("bot_id")
    return by_person and event.get("subtype") in _WRITTEN and not event.get("hidden")


def is_note(text: str) -> bool:
    """Whether a message in a case's thread is for the team alone."""
    return bool(_NOTE.match(text))


def mentions(text: str) -> set[str]:
    """Return the ids of people that a text names without saying how they are called."""
    found = (token[1:] for token in _TOKEN.findall(text) if token.startswith("@"))
    return {id for id in found if "|" not in id}


def written(text: str, bot: str, names: Names, someone: str) -> str:
    """Return `text` as the person meant it: entities read, `bot`'s mention gone.

    `names` are those of `mentions`; who is not in it is called `someone`.
    """

    def meant(found: re.Match[str]) -> str:
        body, _, label = found[1].partition("|")
        if body == f"@{bot}":
            return " "
        return _meant(body, label, names, someone)

    # The entities come last: what a person typed as "&lt;b&gt;" must not become a token.
    return _read_entities(_TOKEN.sub(meant, text)).strip()


def _meant(body: str, label: str, names: Names, someone: str) -> str:
    if body.startswith("@"):
        return f"@{label or names.get(body[1:], someone)}"
    if body.startswith("#"):
        return f"#{label or body[1:]}"
    if body.startswith("!"):
        return label or f"@{body[1:].partition('^')[0]}"
    address = body.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (body, address, _SCHEME.sub("", body)):
        return label or address
    return f"{label} ({address})"


def _read_entities(text: str) -> str:
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    return text
