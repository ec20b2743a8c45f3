"""The blocks and elements of Block Kit that are used here, with their limits kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from gateway.channels.case import Pick
from gateway.channels.markup import Line, Span
from gateway.channels.plain import MAX_OPTIONS, one_line, size

MAX_BLOCKS = 50
MAX_LABEL = 75
MAX_PLACEHOLDER = 150
# Slack refuses a message whose blocks hold some 13,200 characters (slackapi/bolt-js#2509).
MAX_WEIGHT = 12_000
_BLANK = "…"

Block = dict[str, Any]


def weight(value: Any) -> int:
    """Return the characters in the blocks, all but the names of their types."""
    if isinstance(value, str):
        return size(value)
    if isinstance(value, dict):
        return sum(weight(inner) for key, inner in value.items() if key != "type")
    return sum(map(weight, value)) if isinstance(value, list) else 0


def fits(blocks: list[Block]) -> bool:
    """Whether Slack takes a message of these blocks."""
    return len(blocks) <= MAX_BLOCKS and weight(blocks) <= MAX_WEIGHT


def marked(text: str) -> Block:
    """Return a text in Slack's markup, in which Slack is to look for nothing more."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str, limit: int) -> Block:
    """Return a plain text on one line."""
    return {"type": "plain_text", "text": one_line(text, limit) or _BLANK, "emoji": False}


def section(text: str) -> Block:
    """Return a section of a text in Slack's markup."""
    return {"type": "section", "text": marked(text)}


def header(text: str) -> Block:
    """Return a heading."""
    return {"type": "header", "text": plain_text(text, 150)}


def context(*texts: str) -> Block:
    """Return a small grey line of up to ten texts in Slack's markup."""
    return {"type": "context", "elements": [marked(text) for text in texts[:10]]}


def preformatted(text: str) -> Block:
    """Return a text exactly as it is, whatever is in it, in a box to copy from."""
    inside = {"type": "rich_text_preformatted", "elements": [_run(Span(text))]}
    return {"type": "rich_text", "elements": [inside]}


def verbatim(lines: Sequence[Line]) -> Block:
    """Return lines whose words Slack reads nothing into."""
    runs = []
    for number, line in enumerate(lines):
        start = ("\n" if number else "") + line.mark
        runs += [_run(Span(start))] if start else []
        runs += [_run(span) for span in line.spans if span.text]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": runs}]}


def actions(block_id: str, elements: Sequence[Block]) -> Block:
    """Return a row of buttons and selects; their action ids must differ."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(action_id: str, label: str, value: str = "", **more: Any) -> Block:
    """Return a button; `more` may hold url, style ("primary", "danger") and confirm."""
    made = {"type": "button", "action_id": action_id, "text": plain_text(label, MAX_LABEL)}
    return {**made, **({"value": value} if value else {}), **more}


def select(action_id: str, placeholder: str, picks: Sequence[Pick], **more: Any) -> Block:
    """Return a select of up to 100 picks, under the names of their groups where they have them."""
    grouped = [
        (name, [_option(pick) for pick in found])
        for name, found in groupby(picks[:MAX_OPTIONS], lambda pick: pick.group)
    ]
    if len(grouped) > 1:
        groups = [{"label": plain_text(n, MAX_LABEL), "options": found} for n, found in grouped]
        offered: Block = {"option_groups": groups}
    else:
        offered = {"options": [option for _, found in grouped for option in found]}
    hint = plain_text(placeholder, MAX_PLACEHOLDER)
    made = {"type": "static_select", "action_id": action_id, "placeholder": hint}
    return {**made, **offered, **more}


def confirmation(title: str, text: str, yes: str, no: str) -> Block:
    """Return a question that is asked before an action is sent."""
    return {
        "title": plain_text(title, 100),
        "text": plain_text(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
    }


def spread(texts: Iterable[str]) -> list[Block]:
    """Return a section for each text."""
    return [section(text) for text in texts]


def _option(pick: Pick) -> Block:
    return {"text": plain_text(pick.label, MAX_LABEL), "value": pick.id}


def _run(span: Span) -> Block:
    styles = {name: True for name in ("bold", "italic", "code") if getattr(span, name)}
    return {"type": "text", "text": span.text, **({"style": styles} if styles else {})}
