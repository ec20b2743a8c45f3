"""An e-mail about a case: what happened, the sheet, the transcript. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from gateway.channels.case import CaseView, spoken, standing
from gateway.channels.plain import one_line
from gateway.channels.texts import ChannelTexts
from gateway.delivery.texts import DeliveryTexts
from gateway.schemas import OutgoingMessage
from gateway.store.values import HandoffEvent

MAX_SUBJECT = 150


@dataclass(frozen=True)
class Writing:
    """What every mail is written with: words, and the zone of its times."""

    texts: DeliveryTexts
    channel: ChannelTexts
    zone: ZoneInfo


def message_id(place: str, event: HandoffEvent, sender: str) -> str:
    """Return the id of the mail about an event at a place, the same at every try."""
    domain = sender.rpartition("@")[2]
    return f"<case-{event.case}.event-{event.n}.{place.lower()}@{domain}>"


def compose(
    writing: Writing,
    case: CaseView,
    event: HandoffEvent,
    said: Sequence[OutgoingMessage],
    *,
    sender: str,
    to: str,
    id: str,
    first: str = "",
) -> EmailMessage:
    """Return the mail about an event; `first` is the id of the case's first mail, if one was."""
    mail = EmailMessage(policy=SMTP)
    subject = writing.texts.subject.format(number=case.number, title=case.title)
    mail["From"], mail["To"] = sender, to
    again = writing.texts.again.format(subject=subject) if first else subject
    mail["Subject"] = one_line(again, MAX_SUBJECT)
    mail["Date"] = format_datetime(event.at)
    mail["Message-ID"] = id
    if first:
        mail["In-Reply-To"] = mail["References"] = first
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    # Not 8bit: a long line of a transcript is over the limit of lines otherwise.
    mail.set_content(body(writing, case, event, said), cte="quoted-printable")
    return mail


def body(
    writing: Writing, case: CaseView, event: HandoffEvent, said: Sequence[OutgoingMessage]
) -> str:
    """Return the text of the mail."""
    texts = writing.texts
    head = [getattr(texts, event.kind), f"{standing(case, writing.channel)}."]
    if event.reason:
        head.append(texts.reason.format(reason=event.reason))
    parts = [" ".join(head), _titled(texts.sheet, [line for line in case.sheet if line.strip()])]
    parts.append(_titled(texts.transcript, [_said(writing, message) for message in said]))
    return "\n\n".join([*(part for part in parts if part), f"-- \n{texts.footer}"]) + "\n"


def _titled(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title.upper(), *lines]) if lines else ""


def _said(writing: Writing, message: OutgoingMessage) -> str:
    who = getattr(writing.channel, message.sender)
    if message.author:
        who = writing.texts.who_by_name.format(who=who, name=message.author)
    at = message.at.astimezone(writing.zone)
    return writing.texts.said.format(at=at, who=who, text=spoken(message))
