"""What both channels share: cutting on words, room that is left, and a message in plain lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gateway.channels.markup import plain, safe_url
from gateway.channels.texts import ChannelTexts
from gateway.schemas import Article, OutgoingChoice, OutgoingMessage

MAX_OPTIONS = 100  # of a select in Slack, and more than anyone reads in Teams
FEW_OPTIONS = 25  # as many buttons as a row of Slack takes
_CUT = "…"
_JOINER = "\u200d"
T = TypeVar("T")


@dataclass(frozen=True)
class Room:
    """How much of each thing is shown: characters of a text and of a label, items, options."""

    text: int
    label: int
    items: int
    options: int = MAX_OPTIONS


# From the roomiest to what always fits; only odd messages need any but the first.
ROOMS = (
    Room(9000, 75, 30),
    Room(6000, 75, 30),
    Room(3000, 60, 12),
    Room(1500, 40, 6),
    Room(500, 20, 3, FEW_OPTIONS),
)


def fitted(build: Callable[[Room], T], fits: Callable[[T], bool]) -> T:
    """Return the roomiest of what `build` makes that fits, the tightest where none does."""
    for room in ROOMS[:-1]:
        if fits(made := build(room)):
            return made
    return build(ROOMS[-1])


def size(text: str) -> int:
    """Return the length in UTF-16 units, as JavaScript counts: no platform counts more."""
    return len(text) + sum(c > "\uffff" for c in text)


def cut(text: str, limit: int) -> str:
    """Return `text` with at most `limit` units (three or more), cut at a word if one ends near."""
    if size(text) <= limit:
        return text
    return f"{_head(text, limit - 1).rstrip()}{_CUT}"


def one_line(text: str, limit: int) -> str:
    """Return `text` on one line of at most `limit` units."""
    return cut(" ".join(text.split()), limit)


def chunks(text: str, limit: int) -> list[str]:
    """Return `text` in parts of at most `limit` units, nothing lost, each ending at a word."""
    parts = []
    while size(text) > limit:
        head = _head(text, limit)
        parts.append(head)
        text = text[len(head) :]
    return [*parts, text] if text else parts


def numbered(labels: Iterable[str], limit: int) -> str:
    """Return labels as numbered lines, each of at most `limit` units."""
    return "\n".join(f"{i}. {one_line(label, limit)}" for i, label in enumerate(labels, 1))


def labels_of(choices: Sequence[OutgoingChoice], limit: int) -> list[str]:
    """Return the buttons' labels; where one has to be cut, all are numbered to be listed too."""
    if not is_cut(choices, limit):
        return [" ".join(choice.label.split()) for choice in choices]
    return [one_line(f"{i}. {choice.label}", limit) for i, choice in enumerate(choices, 1)]


def is_cut(choices: Sequence[OutgoingChoice], limit: int) -> bool:
    """Whether a label is too long for a button."""
    return any(size(" ".join(choice.label.split())) > limit for choice in choices)


def listing(choices: Sequence[OutgoingChoice], texts: ChannelTexts, room: Room) -> str:
    """Return the choices as numbered lines, as many as there is room for."""
    limit = room.label * 3 if len(choices) <= FEW_OPTIONS else room.label
    count = min(len(choices), max(room.text // 30, 10))
    lines = numbered([choice.label for choice in choices[:count]], limit)
    rest = len(choices) - count
    return f"{lines}\n{texts.more_options_left.format(n=rest)}" if rest else lines


def label_of(article: Article, texts: ChannelTexts) -> str:
    """Return an article's title, and what kind of link it is unless it is the article itself."""
    kinds = {"search": texts.link_search, "source": texts.link_source}
    kind = kinds.get(article.link)
    return f"{article.title} ({kind})" if kind else article.title


def path_of(menu: Sequence[str], texts: ChannelTexts, limit: int) -> str:
    """Return a menu path as one line."""
    return texts.path.format(path=one_line(" › ".join(menu), limit))


def progress_of(message: OutgoingMessage, texts: ChannelTexts) -> str:
    """Return "check 2 of 4" and its title, or nothing."""
    progress = message.progress
    if progress is None:
        return ""
    count = texts.progress.format(n=progress.n, m=progress.m)
    return f"{count} · {one_line(progress.title, 150)}" if progress.title else count


def notice_of(message: OutgoingMessage, texts: ChannelTexts) -> str:
    """Return what is said of where a message comes from, nothing for the assistant's answers."""
    if message.late:
        return texts.late
    if message.sender == "person":
        return message.author or texts.person
    return texts.notice if message.sender == "system" else ""


def for_customer(message: OutgoingMessage, texts: ChannelTexts) -> str:
    """Return what an agent may paste into their own chat: text, menu path and links, unmarked."""
    parts = [path_of(message.menu, texts, 300) if message.menu else "", plain(message.text)]
    parts.append(message.copy_text or "")
    parts.append("\n".join(_cited(article) for article in message.articles or ()))
    return "\n\n".join(part for part in parts if part.strip())


def summary(message: OutgoingMessage, texts: ChannelTexts, limit: int) -> str:
    """Return a message for notifications and for screen readers; never empty."""
    parts = [
        notice_of(message, texts),
        progress_of(message, texts),
        for_customer(message, texts),
        numbered([choice.label for choice in message.choices or ()], 100),
    ]
    return cut("\n".join(part for part in parts if part), limit) or texts.message


def _cited(article: Article) -> str:
    url = safe_url(article.url)
    return f"{article.title}: {url}" if url else article.title


def _head(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` units that ends with a word or a whole sign."""
    units = end = 0
    while end < len(text) and (units := units + size(text[end])) <= limit:
        end += 1
    space = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end)) + 1
    if space > end // 2:
        return text[:space]
    whole = end
    while whole and whole < len(text) and _is_one_sign(text, whole):
        whole -= 1
    return text[: whole or max(end, 1)]


def _is_one_sign(text: str, at: int) -> bool:
    """Whether the characters before and at a place draw one sign: an accent, an emoji, a flag."""
    before, after = text[at - 1], text[at]
    if before == _JOINER or unicodedata.category(after) in ("Mn", "Me", "Mc", "Cf"):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    flags = "\U0001f1e6", "\U0001f1ff"
    return flags[0] <= before <= flags[1] and flags[0] <= after <= flags[1]
