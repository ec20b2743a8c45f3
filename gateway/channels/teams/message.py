"""A message of the conversation as Teams shows it: an activity with one Adaptive Card."""

from __future__ import annotations

from collections.abc import Callable

from gateway.channels import actions as ids
from gateway.channels import plain
from gateway.channels.case import Pick
from gateway.channels.markup import Line, Span, web_url
from gateway.channels.plain import Room, one_line
from gateway.channels.teams import cards
from gateway.channels.teams.cards import Activity, Element
from gateway.channels.texts import ChannelTexts
from gateway.schemas import OutgoingMessage

MAX_ACTIONS = 6  # Teams shows no more in one row
# Not "choice": what is put in would replace the choice that a button sends.
OTHER = "other"


def draw(message: OutgoingMessage, texts: ChannelTexts) -> Activity:
    """Return a message with its choices open."""
    return _activity(message, texts, lambda room: _choices(message, texts, room))


def chosen(message: OutgoingMessage, texts: ChannelTexts, choice_id: str | None) -> Activity:
    """Return a message whose question is answered: its buttons give way to what was chosen.

    With None, or an id that is not its own, the answer was typed: the buttons go, that is all.
    """
    said = _taken(message, texts, choice_id)
    return _activity(message, texts, lambda room: said)


def for_agent(
    message: OutgoingMessage, texts: ChannelTexts, reference: str, share: bool = True
) -> Activity:
    """Return a message with what only agents can do; `reference` comes back with all buttons.

    Without `share` there is no channel to share it in.
    """

    def tail(room: Room) -> list[Element]:
        row = _agent_row(message, texts, reference, room, share)
        return [*_choices(message, texts, room, reference), row]

    return _activity(message, texts, tail)


def chosen_for_agent(
    message: OutgoingMessage,
    texts: ChannelTexts,
    choice_id: str | None,
    reference: str,
    share: bool = True,
) -> Activity:
    """Return what `for_agent` showed, its question answered as in `chosen`."""

    def tail(room: Room) -> list[Element]:
        row = _agent_row(message, texts, reference, room, share)
        return [*_taken(message, texts, choice_id), row]

    return _activity(message, texts, tail)


def shared(message: OutgoingMessage, texts: ChannelTexts) -> Activity:
    """Return a message for everyone in the channel to read: nothing in it can be chosen."""
    return _activity(message, texts, lambda room: [])


def _activity(
    message: OutgoingMessage, texts: ChannelTexts, tail: Callable[[Room], list[Element]]
) -> Activity:
    def build(room: Room) -> list[Element]:
        return [*_body(message, texts, room), *tail(room)] or [cards.note(texts.message)]

    summary = plain.summary(message, texts, cards.MAX_SUMMARY)
    return cards.activity(plain.fitted(build, cards.fits), summary, texts)


def _taken(message: OutgoingMessage, texts: ChannelTexts, choice_id: str | None) -> list[Element]:
    taken = [choice.label for choice in message.choices or () if choice.id == choice_id]
    return [cards.note(texts.chosen.format(label=one_line(label, 200))) for label in taken[:1]]


def _agent_row(
    message: OutgoingMessage, texts: ChannelTexts, reference: str, room: Room, share: bool
) -> Element:
    text = plain.cut(plain.for_customer(message, texts), room.text) or texts.message
    shown = [cards.note(texts.customer_body), cards.exact(text)]
    sharing = {"action": ids.AGENT_SHARE, "reference": reference}
    refusing = {"action": ids.AGENT_WRONG, "reference": reference}
    return cards.actions(
        [
            cards.unfold(texts.agent_copy, shown),
            *([cards.submit(texts.agent_share, sharing)] if share else []),
            cards.submit(texts.agent_wrong, refusing),
        ]
    )


def _body(message: OutgoingMessage, texts: ChannelTexts, room: Room) -> list[Element]:
    above = [plain.notice_of(message, texts), plain.progress_of(message, texts)]
    if message.menu:
        above.append(plain.path_of(message.menu, texts, 300))
    text = plain.cut(message.text, room.text)
    return [
        *(cards.note(line) for line in above if line),
        *cards.written(text),
        *_copy(message, texts, room),
        *_links(message, text, texts, room),
        *_done(message, texts, room),
        *_case_number(message, texts),
    ]


def _copy(message: OutgoingMessage, texts: ChannelTexts, room: Room) -> list[Element]:
    text = (message.copy_text or "").strip()
    title = texts.copy_case_title if message.case else texts.copy_title
    return [cards.note(title), cards.exact(plain.cut(text, room.text))] if text else []


def _links(message: OutgoingMessage, text: str, texts: ChannelTexts, room: Room) -> list[Element]:
    """Buttons for the links of the text and for the articles; an unsafe one is only named."""
    articles = message.articles or []
    named = [(plain.label_of(article, texts), web_url(article.url)) for article in articles]
    found = [*cards.links_of(text), *named][: room.items]
    opening = [cards.open_url(one_line(title, room.label), url) for title, url in found if url]
    unsafe = [f"{one_line(title, room.label)} ({texts.no_link})" for title, url in found if not url]
    return [*map(cards.note, unsafe), *_rows(opening)]


def _rows(actions: list[Element]) -> list[Element]:
    starts = range(0, len(actions), MAX_ACTIONS)
    return [cards.actions(actions[start : start + MAX_ACTIONS]) for start in starts]


def _done(message: OutgoingMessage, texts: ChannelTexts, room: Room) -> list[Element]:
    checks = (message.done or [])[: room.items]
    lines = [one_line(f"✓ {c.title}: {c.outcome}", room.label * 3) for c in checks]
    shown = [Line((Span(text),)) for text in (texts.done, *lines)]
    return cards.drawn(shown, isSubtle=True, size="Small") if lines else []


def _case_number(message: OutgoingMessage, texts: ChannelTexts) -> list[Element]:
    if not message.case:
        return []
    return [cards.note(texts.case_number.format(number=one_line(f"{message.case}", 40)))]


def _choices(
    message: OutgoingMessage, texts: ChannelTexts, room: Room, reference: str = ""
) -> list[Element]:
    """Six choices as buttons, up to 100 in all in a list, more as lines to answer by number."""
    choices = message.choices or []
    elements = []
    if len(choices) > room.options or plain.is_cut(choices, room.label):
        lines = plain.listing(choices, texts, room).split("\n")
        shown = [Line((Span(line),)) for line in lines]
        elements = [*cards.drawn([Line((Span(texts.options, bold=True),)), *shown])]
    if len(choices) > room.options:
        return [*elements, cards.note(texts.choose_by_number)]
    labels = plain.labels_of(choices, room.label)
    picks = [Pick(c.id, label) for c, label in zip(choices, labels, strict=True)]
    front = _in_front(message)
    buttons = [pick for number, pick in enumerate(picks) if number in front]
    rest = [pick for number, pick in enumerate(picks) if number not in front]
    data = {"message": message.seq, **({"reference": reference} if reference else {})}
    return [*elements, *_buttons(buttons, message, data), *_select(rest, texts, data)]


def _in_front(message: OutgoingMessage) -> set[int]:
    """Which choices are buttons: all where six are enough, else the answers before the lesser."""
    choices = message.choices or []
    numbers = sorted(range(len(choices)), key=lambda number: choices[number].more)
    if len(choices) > MAX_ACTIONS:
        numbers = [n for n in numbers if not choices[n].more] or numbers
    return set(numbers[:MAX_ACTIONS])


def _buttons(picks: list[Pick], message: OutgoingMessage, data: Element) -> list[Element]:
    main = [choice for choice in message.choices or () if not choice.more]
    found = []
    for pick in picks:
        style = "positive" if [c.id for c in main] == [pick.id] else ""
        found.append(cards.submit(pick.label, {"choice": pick.id, **data}, style=style))
    return [cards.actions(found)] if found else []


def _select(picks: list[Pick], texts: ChannelTexts, data: Element) -> list[Element]:
    if not picks:
        return []
    sending = cards.submit(texts.send, data, with_inputs=True)
    return [
        cards.select(OTHER, texts.more_options, picks, texts.options_placeholder),
        cards.actions([sending]),
    ]
