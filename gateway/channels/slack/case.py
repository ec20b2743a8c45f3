"""A handed-over case in Slack: its sheet with what an agent can do, and the transcript below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.channels import actions as ids
from gateway.channels.case import MAX_SHEET, CaseView, sheet_lines, short, spoken, standing
from gateway.channels.markup import Line, Span
from gateway.channels.plain import Room, fitted, one_line
from gateway.channels.slack import blocks as kit
from gateway.channels.slack.blocks import Block
from gateway.channels.slack.message import MAX_FALLBACK, Payload
from gateway.channels.slack.mrkdwn import escaped
from gateway.channels.texts import ChannelTexts
from gateway.schemas import OutgoingMessage

_STYLES = {ids.CASE_ASSUME: "primary", ids.CASE_CLOSE: "danger"}


def draw(case: CaseView, texts: ChannelTexts) -> Payload:
    """Return the first message of a case's thread, as the case stands now."""

    def build(room: Room) -> list[Block]:
        return _blocks(case, texts, room)

    title = texts.case_title.format(number=case.number)
    told = [f"{title} · {standing(case, texts)}", *case.sheet[:MAX_SHEET]]
    fallback = escaped("\n".join(told), MAX_FALLBACK)
    return {"text": fallback, "blocks": fitted(build, kit.fits)}


def transcript(messages: Sequence[OutgoingMessage], texts: ChannelTexts) -> list[Payload]:
    """Return messages for the thread, oldest first, in as few posts as Slack takes."""
    posts: list[list[OutgoingMessage]] = [[]]
    for message in messages:
        if posts[-1] and not kit.fits([_said(m, texts) for m in [*posts[-1], message]]):
            posts.append([])
        posts[-1].append(message)
    return [said(post, texts) for post in posts if post]


def said(messages: Sequence[OutgoingMessage], texts: ChannelTexts) -> Payload:
    """Return one post of who said what, word by word; at least one message."""
    told = "\n".join(f"{getattr(texts, m.sender)}: {spoken(m)}" for m in messages)
    return {"text": escaped(told, MAX_FALLBACK), "blocks": [_said(m, texts) for m in messages]}


def _blocks(case: CaseView, texts: ChannelTexts, room: Room) -> list[Block]:
    lines = [_sheet_line(name, value) for name, value in sheet_lines(case, room)]
    about = [text for text in (standing(case, texts), case.note) if text.strip()]
    found = [_action(action, case, texts, room) for action in ids.CASE_ACTIONS[case.holder]]
    return [
        kit.header(texts.case_title.format(number=case.number)),
        kit.context(*(escaped(one_line(text, 200), 500) for text in about)),
        *([kit.verbatim(lines)] if lines else []),
        kit.actions(f"case:{case.number}", found),
    ]


def _said(message: OutgoingMessage, texts: ChannelTexts) -> Block:
    speaker = Span(f"{getattr(texts, message.sender)}: ", bold=True)
    return kit.verbatim([Line((speaker, Span(spoken(message))))])


def _sheet_line(name: str, value: str) -> Line:
    return Line((Span(f"{name}: ", bold=True), Span(value)) if name else (Span(value),))


def _action(action: str, case: CaseView, texts: ChannelTexts, room: Room) -> Block:
    """A button; handing back at a check is a select of the checks, where there are any."""
    if action == ids.CASE_HAND_BACK and case.checks:
        picks = short(case.checks, room)
        return kit.select(action, texts.case_hand_back_to, picks, confirm=_confirm(texts))
    more: dict[str, Any] = {"style": _STYLES[action]} if action in _STYLES else {}
    return kit.button(action, getattr(texts, action), f"{case.number}", **more)


def _confirm(texts: ChannelTexts) -> Block:
    return kit.confirmation(
        texts.case_hand_back, texts.case_hand_back_confirm, texts.confirm, texts.cancel
    )
