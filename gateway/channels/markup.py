"""The Markdown that the assistant may use, read into lines of spans that each channel draws.

Paragraphs, line breaks, "- " and "1. " lists, **bold**, *italic*, `code`, [links](https://…) and
bare https addresses, as in widget/view/markup.js. All else, HTML and mentions too, stays text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

MAX_ADDRESS = 1000
SAFE_SCHEMES = ("https", "mailto", "tel")
_ITEM = re.compile(r"\s*(?:[-•*]|(\d{1,3})[.)])\s+(?=\S)")
_MARKS = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\*\*(?=\S)(?P<bold>.*?\S)\*\*(?!\*)"
    r"|\*(?=[^\s*])(?P<italic>[^*]*[^\s*])\*"
    r"|(?<!\w)_(?=[^\s_])(?P<slanted>[^_]*[^\s_])_(?!\w)"
    r"|\[(?P<words>[^\]]{1,300})\]\((?P<address>[^()\s]+)\)"
    r"|(?P<naked>https://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]*_])"
)
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]")


@dataclass(frozen=True)
class Span:
    """A stretch of a line in one style; `url` is empty or safe to open."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One line; `mark` is "• " or "3. " before an item of a list. No spans: a paragraph ends."""

    spans: tuple[Span, ...] = ()
    mark: str = ""


def parse(source: str) -> list[Line]:
    """Return the lines of a text; empty ones stand only between two paragraphs."""
    lines: list[Line] = []
    for raw in source.splitlines():
        if raw.strip():
            lines.append(_line(raw))
        elif lines and lines[-1].spans:
            lines.append(Line())
    return lines if not lines or lines[-1].spans else lines[:-1]


def plain(source: str) -> str:
    """Return a text as it reads without markup, addresses in brackets behind their words."""
    return "\n".join(line.mark + "".join(map(_spoken, line.spans)) for line in parse(source))


def safe_url(address: str) -> str:
    """Return an https, mailto or tel address that hides no login; else nothing."""
    if len(address) > MAX_ADDRESS or _FORBIDDEN.search(address):
        return ""
    try:
        parts = urlsplit(address)
        if parts.username is not None or parts.password is not None:
            return ""
        complete = parts.hostname if parts.scheme == "https" else parts.path
    except ValueError:
        return ""
    return address if parts.scheme in SAFE_SCHEMES and complete else ""


def web_url(address: str) -> str:
    """Return an address that a button may open, which is https alone; else nothing."""
    return safe_url(address) if address[:6].lower() == "https:" else ""


def _line(raw: str) -> Line:
    item = _ITEM.match(raw)
    if item is None:
        return Line(tuple(_spans(raw.strip())))
    mark = f"{item[1]}. " if item[1] else "• "
    return Line(tuple(_spans(raw[item.end() :].strip())), mark)


def _spans(text: str) -> Iterator[Span]:
    end = 0
    for found in _MARKS.finditer(text):
        if found.start() > end:
            yield Span(text[end : found.start()])
        yield from _styled(found)
        end = found.end()
    if end < len(text):
        yield Span(text[end:])


def _styled(found: re.Match[str]) -> Iterator[Span]:
    if code := found["code"]:
        yield Span(code, code=True)
    elif bold := found["bold"]:
        yield from (replace(span, bold=True) for span in _spans(bold))
    elif italic := found["italic"] or found["slanted"]:
        yield from (replace(span, italic=True) for span in _spans(italic))
    else:
        yield _link(found["words"] or found["naked"], found["address"] or found["naked"], found[0])


def _link(words: str, address: str, source: str) -> Span:
    """A link, its source as text where it is unsafe; a goal that the words belie is shown."""
    url = safe_url(address)
    if not url:
        return Span(source)
    goal = goal_of(url)
    claimed = _HOST.search(unicodedata.normalize("NFKC", words))
    odd = claimed and _bare(claimed[0]) != _bare(goal.rpartition("@")[2])
    return Span(f"{words} ({goal})" if odd else words, url=url)


def goal_of(url: str) -> str:
    """Return where a safe address leads: a host, a mailbox or a number."""
    parts = urlsplit(url)
    return parts.hostname or parts.path


def _bare(host: str) -> str:
    return host.casefold().removeprefix("www.")


def _spoken(span: Span) -> str:
    if not span.url or span.text == span.url:
        return span.text
    return f"{span.text} ({span.url if span.url.startswith('https') else goal_of(span.url)})"
