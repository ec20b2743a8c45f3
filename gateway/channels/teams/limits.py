"""What Teams would refuse, or read into a text, in what is drawn here.

schema.json holds the structure, from the documentation of Adaptive Cards, narrowed to what is
drawn: text that may be anyone's stands only in TextRuns, which take no Markdown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from gateway.channels.markup import web_url
from gateway.channels.teams.cards import CARD, weight

MAX_CARD = 28 * 1024
MAX_SUMMARY = 300
_SCHEMA = Path(__file__).with_name("schema.json")

Json = Mapping[str, Any]


def activity_faults(activity: Json) -> list[str]:
    """Return what is wrong with an activity of one card; nothing where all is right."""
    return list(_activity(activity))


def _activity(activity: Json) -> Iterator[str]:
    if set(activity) != {"type", "summary", "attachments"} or activity["type"] != "message":
        yield f"activity with {sorted(activity)}"
        return
    if not activity["summary"].strip() or len(activity["summary"]) > MAX_SUMMARY:
        yield f"summary of {len(activity['summary'])} characters"
    if [set(attachment) for attachment in activity["attachments"]] != [{"contentType", "content"}]:
        yield "not one attachment"
        return
    [attachment] = activity["attachments"]
    if attachment["contentType"] != CARD:
        yield f"attachment of {attachment['contentType']}"
    if weight(attachment) > MAX_CARD:
        yield f"card of {weight(attachment)} bytes"
    structure = list(_structure(attachment["content"]))
    yield from structure or _meaning(attachment["content"])


def _structure(card: Json) -> Iterator[str]:
    for error in _validator().iter_errors(card):
        yield f"{error.json_path}: {error.message[:120]}"


def _meaning(card: Json) -> Iterator[str]:
    """What no schema says: ids once, options once, addresses that are safe, texts that show."""
    inputs = [found["id"] for found in _every(card) if found["type"].startswith("Input.")]
    if len(inputs) != len(set(inputs)):
        yield "an input id twice"
    for found in _every(card):
        if found["type"] == "Action.OpenUrl" and not web_url(found["url"]):
            yield f"button to {found['url'][:40]}"
        if found["type"] == "Action.Submit" and set(found["data"]) & set(inputs):
            yield "data that an input would replace"
        if found["type"] == "Input.ChoiceSet":
            values = [choice["value"] for choice in found["choices"]]
            if len(values) != len(set(values)):
                yield "a choice twice"
        if found["type"] == "RichTextBlock" and not any(
            r["text"].strip() for r in found["inlines"]
        ):
            yield "a line of nothing"


def _every(value: Any) -> Iterator[Json]:
    """Yield every object that has a type, from the outside in; not what a button sends."""
    if isinstance(value, Mapping):
        if "type" in value:
            yield value
        for name, inner in value.items():
            if name != "data":
                yield from _every(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _every(inner)


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))
