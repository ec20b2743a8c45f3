"""What someone wrote in Teams, as they meant it: no mention of the bot, no HTML, links kept."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from gateway.channels.markup import safe_url

Json = Mapping[str, Any]
_AT = re.compile(r"</?at\b[^>]*>", re.IGNORECASE)
# Only tags that Teams itself writes: what someone types comes with its brackets escaped.
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|blockquote|pre|h\d)>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:p|div|span|ul|ol|li|b|strong|i|em|u|s|a|code|pre|blockquote|table|tbody|tr|td|th|h\d"
    r"|attachment|emoji|img|font|codeblock)\b[^>]*>",
    re.IGNORECASE,
)


def words_of(text: str, entities: Sequence[Json], attachments: Sequence[Json], bot: str) -> str:
    """Return the text of an activity; `bot` is the id under which the bot is mentioned."""
    for entity in entities:
        if _is_mention(entity, bot) and isinstance(entity.get("text"), str):
            text = text.replace(entity["text"], " ", 1)
    plain = _BREAK.sub("\n", _AT.sub("", text))
    plain = html.unescape(_TAG.sub("", plain)).replace("\xa0", " ")
    lines = [" ".join(line.split()) for line in plain.splitlines()]
    return _with_links("\n".join(lines).strip(), attachments)


def is_mentioned(entities: Sequence[Json], bot: str) -> bool:
    """Whether the bot is among those who are mentioned."""
    return any(_is_mention(entity, bot) for entity in entities)


def _is_mention(entity: Json, bot: str) -> bool:
    mentioned = entity.get("mentioned")
    is_mention = str(entity.get("type", "")).lower() == "mention"
    return is_mention and isinstance(mentioned, Mapping) and mentioned.get("id") == bot


def _with_links(text: str, attachments: Sequence[Json]) -> str:
    """Put the address of a labelled link behind its words; the plain text does not have it."""
    for attachment in attachments:
        content = attachment.get("content")
        if attachment.get("contentType") == "text/html" and isinstance(content, str):
            for words, address in _links(content):
                url = safe_url(address)
                if url and words and url not in text and url.rstrip("/") not in text:
                    text = text.replace(words, f"{words} ({url})", 1)
    return text


def _links(content: str) -> list[tuple[str, str]]:
    reader = _Links()
    reader.feed(content[:50_000])
    return reader.found


class _Links(HTMLParser):
    """Collects the words and the address of each link."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._address: str | None = None
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a link."""
        if tag == "a":
            self._address, self._words = dict(attrs).get("href") or "", ""

    def handle_data(self, data: str) -> None:
        """Add to the words of the link, if in one."""
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        """End a link."""
        if tag == "a" and self._address is not None:
            self.found.append((" ".join(self._words.split()), self._address))
            self._address = None
