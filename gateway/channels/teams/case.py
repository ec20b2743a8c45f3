"""A handed-over case in Teams: its sheet with what an agent can do, and the transcript below it."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.channels import actions as ids
from gateway.channels import plain
from gateway.channels.case import CaseView, sheet_lines, short, spoken, standing
from gateway.channels.markup import Line, Span
from gateway.channels.plain import Room
from gateway.channels.teams import cards
from gateway.channels.teams.cards import Activity, Element
from gateway.channels.texts import ChannelTexts
from gateway.schemas import OutgoingMessage

MAX_ANSWER = 2000  # what the gateway takes as one message
CHECK, SITUATION, REASON, REPLY = "check", "situation", "reason", "reply"
_STYLES = {ids.CASE_ASSUME: "positive", ids.CASE_CLOSE: "destructive"}


def draw(case: CaseView, texts: ChannelTexts) -> Activity:
    """Return a case's card as the case stands now."""

    def build(room: Room) -> list[Element]:
        return _body(case, texts, room)

    title = texts.case_title.format(number=case.number)
    body = plain.fitted(build, cards.fits)
    return cards.activity(body, f"{title} · {standing(case, texts)}", texts)


def transcript(messages: Sequence[OutgoingMessage], texts: ChannelTexts) -> list[Activity]:
    """Return messages for the thread, oldest first, in as few posts as Teams takes."""
    posts: list[list[OutgoingMessage]] = [[]]
    for message in messages:
        if posts[-1] and not cards.fits(_said([*posts[-1], message], texts)):
            posts.append([])
        posts[-1].append(message)
    return [said(post, texts) for post in posts if post]


def said(messages: Sequence[OutgoingMessage], texts: ChannelTexts) -> Activity:
    """Return one post of who said what, word by word; at least one message."""
    first = f"{getattr(texts, messages[0].sender)}: {spoken(messages[0])}"
    return cards.activity(_said(messages, texts), first, texts)


def _body(case: CaseView, texts: ChannelTexts, room: Room) -> list[Element]:
    lines = [
        Line((Span(f"{name}: ", bold=True), Span(value)) if name else (Span(value),))
        for name, value in sheet_lines(case, room)
    ]
    about = [text for text in (standing(case, texts), case.note) if text.strip()]
    found = [_action(action, case, texts, room) for action in _actions(case)]
    return [
        cards.heading(texts.case_title.format(number=case.number)),
        *(cards.note(plain.one_line(text, 200)) for text in about),
        *cards.drawn(lines),
        cards.actions(found),
    ]


def _actions(case: CaseView) -> tuple[str, ...]:
    """What can be done; whoever has the case can also answer on the card itself."""
    found = ids.CASE_ACTIONS[case.holder]
    return (ids.REPLY, *found) if case.holder == "person" else found


def _said(messages: Sequence[OutgoingMessage], texts: ChannelTexts) -> list[Element]:
    return [element for message in messages for element in _one(message, texts)]


def _one(message: OutgoingMessage, texts: ChannelTexts) -> list[Element]:
    speaker = Line((Span(getattr(texts, message.sender), bold=True),))
    lines = [Line((Span(line),)) for line in spoken(message).splitlines() if line.strip()]
    return cards.drawn([speaker, *lines])


def _action(action: str, case: CaseView, texts: ChannelTexts, room: Room) -> Element:
    """A button, which unfolds what has to be put in first where there is anything."""
    title = texts.reply_title if action == ids.REPLY else getattr(texts, action)
    if action == ids.CASE_COPY:
        text = plain.cut(case.customer_text, room.text).strip()
        shown = cards.exact(text) if text else cards.note(texts.message)
        return cards.unfold(title, [cards.note(texts.customer_body), shown])
    data = {"action": action, "case": case.number}
    if asked := _asked(action, case, texts, room):
        sending = cards.submit(texts.send, data, with_inputs=True)
        return cards.unfold(title, [asked, cards.actions([sending])])
    return cards.submit(title, data, style=_STYLES.get(action, ""))


def _asked(action: str, case: CaseView, texts: ChannelTexts, room: Room) -> Element | None:
    hint = texts.options_placeholder
    if action == ids.CASE_HAND_BACK and case.checks:
        return cards.select(CHECK, texts.pick_check_label, short(case.checks, room), hint)
    if action == ids.CASE_WRONG and case.situations:
        picks = short(case.situations, room)
        return cards.select(SITUATION, texts.pick_situation_label, picks, hint)
    if action == ids.REPLY:
        return cards.field(REPLY, texts.reply_label, texts.reply_hint, MAX_ANSWER)
    if action == ids.CASE_CLOSE:
        return cards.field(REASON, texts.close_label, texts.close_hint, MAX_ANSWER)
    return None
