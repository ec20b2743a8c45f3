"""A message of the conversation as Slack shows it: {"text": fallback, "blocks": [...]}."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.channels import actions as ids
from gateway.channels import plain
from gateway.channels.case import Pick
from gateway.channels.markup import web_url
from gateway.channels.plain import Room, one_line
from gateway.channels.slack import blocks as kit
from gateway.channels.slack.blocks import Block
from gateway.channels.slack.mrkdwn import escape, escaped, link, pack, sections
from gateway.channels.texts import ChannelTexts
from gateway.schemas import Article, OutgoingChoice, OutgoingMessage

MAX_BUTTONS = plain.FEW_OPTIONS
MAX_LINK_BUTTONS = 5
MAX_FALLBACK = 3000

Payload = dict[str, Any]


def draw(message: OutgoingMessage, texts: ChannelTexts) -> Payload:
    """Return a message with its choices open."""
    return _payload(message, texts, lambda room: _choices(message, texts, room))


def chosen(message: OutgoingMessage, texts: ChannelTexts, choice_id: str | None) -> Payload:
    """Return a message whose question is answered: its buttons give way to what was chosen.

    With None, or an id that is not its own, the answer was typed: the buttons go, that is all.
    """
    taken = [choice.label for choice in message.choices or () if choice.id == choice_id]
    said = [escape(texts.chosen.format(label=one_line(label, 200))) for label in taken[:1]]
    return _payload(message, texts, lambda room: [kit.context(text) for text in said])


def for_agent(message: OutgoingMessage, texts: ChannelTexts, reference: str) -> Payload:
    """Return a message that an agent alone sees, with what only agents can do.

    `reference` (at most 2,000 characters) is what these buttons bring back as their value.
    """
    row = kit.actions(
        "agent",
        [
            kit.button(ids.AGENT_COPY, texts.agent_copy, reference),
            kit.button(ids.AGENT_SHARE, texts.agent_share, reference),
            kit.button(ids.AGENT_WRONG, texts.agent_wrong, reference),
        ],
    )
    return _payload(message, texts, lambda room: [*_choices(message, texts, room), row])


def shared(message: OutgoingMessage, texts: ChannelTexts) -> Payload:
    """Return a message for everyone in the channel to read: nothing in it can be chosen."""
    return _payload(message, texts, lambda room: [])


def _payload(
    message: OutgoingMessage, texts: ChannelTexts, tail: Callable[[Room], list[Block]]
) -> Payload:
    def build(room: Room) -> list[Block]:
        return [*_body(message, texts, room), *tail(room)] or [kit.section(texts.message)]

    fallback = escaped(plain.summary(message, texts, MAX_FALLBACK), MAX_FALLBACK)
    return {"text": fallback, "blocks": plain.fitted(build, kit.fits)}


def _body(message: OutgoingMessage, texts: ChannelTexts, room: Room) -> list[Block]:
    above = [plain.notice_of(message, texts), plain.progress_of(message, texts)]
    if message.menu:
        above.append(plain.path_of(message.menu, texts, 300))
    return [
        *(kit.context(escape(text)) for text in above if text),
        *kit.spread(sections(plain.cut(message.text, room.text))),
        *_copy(message, texts, room),
        *_articles(message.articles or [], texts, room),
        *_done(message, texts, room),
        *_case_number(message, texts),
    ]


def _copy(message: OutgoingMessage, texts: ChannelTexts, room: Room) -> list[Block]:
    text = (message.copy_text or "").strip()
    title = texts.copy_case_title if message.case else texts.copy_title
    return [kit.context(title), kit.preformatted(plain.cut(text, room.text))] if text else []


def _articles(articles: list[Article], texts: ChannelTexts, room: Room) -> list[Block]:
    found = [(plain.label_of(a, texts), web_url(a.url)) for a in articles[: room.items]]
    few = 0 < len(found) <= MAX_LINK_BUTTONS
    if few and all(url and plain.size(label) <= kit.MAX_LABEL for label, url in found):
        row = [kit.button(f"{ids.OPEN}:{i}", t, url=url) for i, (t, url) in enumerate(found)]
        return [kit.actions("articles", row)]
    lines = [_linked(label, url, texts, room) for label, url in found]
    return [kit.context(texts.articles), *kit.spread(pack(lines))] if lines else []


def _linked(label: str, url: str, texts: ChannelTexts, room: Room) -> list[str]:
    shown = link(one_line(label, room.label * 3), url)
    return [f"• {shown}" if url else f"• {shown} ({texts.no_link})"]


def _done(message: OutgoingMessage, texts: ChannelTexts, room: Room) -> list[Block]:
    checks = (message.done or [])[: room.items]
    lines = [[escape(one_line(f"✓ {c.title}: {c.outcome}", room.label * 3))] for c in checks]
    return [kit.context(*pack([[texts.done], *lines]))] if lines else []


def _case_number(message: OutgoingMessage, texts: ChannelTexts) -> list[Block]:
    if not message.case:
        return []
    return [kit.context(escape(texts.case_number.format(number=one_line(f"{message.case}", 40))))]


def _choices(message: OutgoingMessage, texts: ChannelTexts, room: Room) -> list[Block]:
    """Up to 25 choices as buttons, up to 100 in a select, more as lines to answer by number."""
    choices = message.choices or []
    blocks = []
    if len(choices) > room.options or plain.is_cut(choices, room.label):
        lines = plain.listing(choices, texts, room).split("\n")
        blocks = kit.spread(pack([[f"*{texts.options}*"], *([escape(line)] for line in lines)]))
    if len(choices) > room.options:
        return [*blocks, kit.context(texts.choose_by_number)]
    labels = plain.labels_of(choices, room.label)
    if len(choices) > MAX_BUTTONS:
        picks = [Pick(c.id, label) for c, label in zip(choices, labels, strict=True)]
        row = kit.select(f"{ids.CHOOSE}:select", texts.options_placeholder, picks)
        return [*blocks, kit.actions(f"choices:{message.seq}", [row])]
    return [*blocks, *_buttons(choices, labels, message.seq)]


def _buttons(choices: list[OutgoingChoice], labels: list[str], seq: int) -> list[Block]:
    """One row of the answers, one of the lesser choices; the only answer of all stands out."""
    main = [choice for choice in choices if not choice.more]
    rows: dict[bool, list[Block]] = {False: [], True: []}
    for number, (choice, label) in enumerate(zip(choices, labels, strict=True)):
        style = {"style": "primary"} if main == [choice] else {}
        made = kit.button(f"{ids.CHOOSE}:{number}", label, choice.id, **style)
        rows[choice.more].append(made)
    return [
        kit.actions(f"choices:{seq}{':more' if more else ''}", row)
        for more, row in rows.items()
        if row
    ]
