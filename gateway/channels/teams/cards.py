"""The elements of Adaptive Cards that are used here, with what Teams makes of them kept in mind.

Text goes into RichTextBlocks, whose runs are never read as Markdown. In TextBlocks it would be, and
Teams' clients disagree on how to escape it: Android shows the backslashes, iOS takes back the one
before an asterisk alone (MicrosoftDocs/msteams-docs#5793, microsoft/AdaptiveCards#7474). For the
same reason links are buttons: a run's own action stopped working for a while (…#9100).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gateway.channels.case import Pick
from gateway.channels.markup import Line, Span, goal_of, parse, web_url
from gateway.channels.plain import MAX_OPTIONS, one_line
from gateway.channels.texts import ChannelTexts

CARD = "application/vnd.microsoft.card.adaptive"
VERSION = "1.5"
# Teams takes 28 KB in a card; the rest is for the activity around it.
MAX_BYTES = 27_000
MAX_TITLE = 75
MAX_LINES = 40  # each costs some 80 bytes
MAX_SUMMARY = 300
_BLANK = "…"

Element = dict[str, Any]
Activity = dict[str, Any]


def weight(value: Any) -> int:
    """Return the bytes of some JSON, counted as clients write it that escape all but ASCII."""
    return len(json.dumps(value, separators=(",", ":")))


def fits(body: list[Element]) -> bool:
    """Whether Teams takes a card of this body."""
    return weight(body) <= MAX_BYTES


def activity(body: list[Element], summary: str, texts: ChannelTexts) -> Activity:
    """Return a message with one card, and what is said where no card is shown."""
    spoken = one_line(summary, MAX_SUMMARY) or texts.message
    card = {
        "type": "AdaptiveCard",
        "version": VERSION,
        "lang": "pt-BR",
        "fallbackText": spoken,
        "body": body,
        "msteams": {"width": "Full"},
    }
    attachment = {"contentType": CARD, "content": card}
    return {"type": "message", "summary": spoken, "attachments": [attachment]}


def heading(text: str) -> Element:
    """Return a heading; `text` is one of ours, and has no Markdown in it."""
    return {
        "type": "TextBlock",
        "text": text,
        "style": "heading",
        "size": "Medium",
        "weight": "Bolder",
        "wrap": True,
    }


def note(text: str) -> Element:
    """Return a small grey line."""
    return rich([_run(Span(text), isSubtle=True, size="Small")])


def rich(runs: Sequence[Element], spacing: str = "Default") -> Element:
    """Return a line of runs."""
    return {"type": "RichTextBlock", "inlines": list(runs), "spacing": spacing}


def written(source: str) -> list[Element]:
    """Return a text of ours, one element a line; its links are in `links_of`."""
    return drawn(parse(source))


def drawn(lines: Sequence[Line], **style: Any) -> list[Element]:
    """Return lines, one element each, those of a paragraph close together; the last hold more."""
    elements, spacing = [], "Default"
    for line in _folded(lines):
        spans = [span for span in (Span(line.mark), *line.spans) if span.text]
        shows = any(span.text.strip() for span in spans)
        if shows:
            elements.append(rich([_run(span, **style) for span in spans], spacing))
        spacing = "None" if shows else "Small"
    return elements


def _folded(lines: Sequence[Line]) -> list[Line]:
    """As few lines as a card has room for: what is beyond them runs on in the last."""
    kept, beyond = list(lines[:MAX_LINES]), lines[MAX_LINES:]
    rest = " ".join(line.mark + "".join(s.text for s in line.spans) for line in beyond)
    return [*kept, Line((Span(rest),))] if beyond else kept


def exact(text: str) -> Element:
    """Return a text word by word, in a box to copy from."""
    lines = [Line((Span(line, code=True),)) if line.strip() else Line() for line in _lines(text)]
    return {"type": "Container", "style": "emphasis", "items": drawn(lines) or [note(_BLANK)]}


def links_of(source: str) -> list[tuple[str, str]]:
    """Return the words and addresses of a text's links that a button can open, each once."""
    spans = [span for line in parse(source) for span in line.spans]
    found = {web_url(span.url): _button_words(span) for span in reversed(spans)}
    return [(words, url) for url, words in reversed(found.items()) if url]


def actions(found: Sequence[Element]) -> Element:
    """Return a row of actions."""
    return {"type": "ActionSet", "actions": list(found)}


def submit(title: str, data: Element, with_inputs: bool = False, style: str = "") -> Element:
    """Return a button that sends `data`, and what was put in where `with_inputs`."""
    return {
        "type": "Action.Submit",
        "title": one_line(title, MAX_TITLE) or _BLANK,
        "data": data,
        "associatedInputs": "auto" if with_inputs else "none",
        **({"style": style} if style else {}),
    }


def open_url(title: str, url: str) -> Element:
    """Return a button that opens an https address."""
    return {"type": "Action.OpenUrl", "title": one_line(title, MAX_TITLE) or _BLANK, "url": url}


def unfold(title: str, body: Sequence[Element]) -> Element:
    """Return a button that unfolds more of the card."""
    card = {"type": "AdaptiveCard", "version": VERSION, "body": list(body)}
    return {"type": "Action.ShowCard", "title": title, "card": card}


def select(name: str, label: str, picks: Sequence[Pick], hint: str) -> Element:
    """Return a list of up to 100 picks to choose one from; its answer comes back under `name`."""
    choices = [
        {"title": one_line(pick.label, MAX_TITLE) or _BLANK, "value": pick.id}
        for pick in picks[:MAX_OPTIONS]
    ]
    return {
        "type": "Input.ChoiceSet",
        "id": name,
        "label": label,
        "style": "compact",
        "placeholder": hint,
        "choices": choices,
    }


def field(name: str, label: str, hint: str, longest: int) -> Element:
    """Return a field for some lines of text; its answer comes back under `name`."""
    return {
        "type": "Input.Text",
        "id": name,
        "label": label,
        "placeholder": hint,
        "isMultiline": True,
        "maxLength": longest,
    }


def _run(span: Span, **style: Any) -> Element:
    text = span.text
    if span.url and not web_url(span.url) and goal_of(span.url) not in text:
        text = f"{text} ({goal_of(span.url)})"
    styles = {
        **({"weight": "Bolder"} if span.bold else {}),
        **({"italic": True} if span.italic else {}),
        **({"fontType": "Monospace"} if span.code else {}),
        **({"underline": True} if span.url else {}),
    }
    return {"type": "TextRun", "text": text, **styles, **style}


def _button_words(span: Span) -> str:
    return goal_of(span.url) if span.text == span.url else span.text


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()
