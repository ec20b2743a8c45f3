"""Text in Slack's own markup.

`&`, `<` and `>` are escaped, so no text makes a mention or a link; only `Span.url` does. Slack has
no escape for `*`, `_` and `~`: what people wrote themselves is drawn as rich text, not as this.
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.channels.markup import Line, Span, parse
from gateway.channels.plain import chunks, cut, size

MAX_SECTION = 3000
# Escaping makes up to five characters of one; a piece and its marks always fit a section.
_PIECE = 500
_MAX_LINK = 2800
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def escape(text: str) -> str:
    """Return `text` so that Slack shows it and reads nothing into it."""
    return text.translate(_ESCAPES)


def escaped(text: str, limit: int) -> str:
    """Return `text` escaped, cut at a word so that it has at most `limit` characters then."""
    room = limit
    while size(found := escape(cut(text, room))) > limit:
        room = room * 4 // 5
    return found


def link(words: str, url: str) -> str:
    """Return a link; `url` comes from gateway.channels.markup, and may be empty."""
    shown = escape(words)
    made = f"<{escape(url)}|{shown}>"
    return made if url and size(made) <= _MAX_LINK else shown


def sections(source: str) -> list[str]:
    """Return a text of ours as texts of sections, parted at lines, or within one at words."""
    return pack(_pieces(line) for line in parse(source))


def pack(lines: Iterable[list[str]], limit: int = MAX_SECTION) -> list[str]:
    """Return lines, each in pieces of at most `limit` units, joined into as few texts as fit."""
    texts, current = [], ""
    for pieces in lines:
        separator = "\n" if current else ""
        for piece in pieces or [""]:
            if size(current + separator + piece) > limit:
                texts.append(current)
                current, separator = "", ""
            current += separator + piece
            separator = ""
    return [text.strip() for text in [*texts, current] if text.strip()]


def _pieces(line: Line) -> list[str]:
    pieces = [piece for span in line.spans for piece in _drawn(span)]
    return [line.mark + pieces[0], *pieces[1:]] if pieces else []


def _drawn(span: Span) -> list[str]:
    if span.url:
        return [_marked(link(cut(span.text, _PIECE), span.url), span)]
    return [_marked(escape(part), span) for part in chunks(span.text, _PIECE)]


def _marked(text: str, span: Span) -> str:
    """Put the marks of a style right beside the words, where Slack wants them."""
    core = text.strip()
    if not core:
        return text
    before, _, after = text.partition(core)
    marks = "`" if span.code else "*" * span.bold + "_" * span.italic
    return f"{before}{marks}{core}{marks[::-1]}{after}"
