"""A case as both platforms show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.channels.actions import Holder
from gateway.channels.markup import plain
from gateway.channels.plain import Room, cut, one_line
from gateway.channels.texts import ChannelTexts
from gateway.schemas import OutgoingMessage

MAX_SHEET = 8
MAX_SAID = 3000  # more than one message of a transcript has
MAX_SHEET_LINE = 600  # as assistant/dialogue/handoff.py writes them


@dataclass(frozen=True)
class Pick:
    """Something to be picked from a list: a check or a situation."""

    id: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class CaseView:
    """What is shown of a case: its sheet (at most eight lines), who holds it, what can be picked.

    `name` is the person's who holds or closed it; `note` one more line, such as that it was raised
    again; `customer_text` what an agent may paste for the customer; `title` the situation's.
    """

    number: int
    holder: Holder
    sheet: Sequence[str]
    name: str = ""
    note: str = ""
    checks: Sequence[Pick] = ()
    situations: Sequence[Pick] = ()
    customer_text: str = ""
    title: str = ""


@dataclass(frozen=True)
class CaseLine:
    """A case in a list; `url` leads to its thread, where there is one."""

    number: int
    title: str
    holder: Holder
    name: str = ""
    url: str = ""


def standing(case: CaseView | CaseLine, texts: ChannelTexts) -> str:
    """Return who holds the conversation, in words."""
    name = one_line(case.name, 80)
    if case.holder == "person":
        return texts.case_person.format(name=name)
    if case.holder == "closed":
        return texts.case_closed_by.format(name=name) if name else texts.case_closed
    return texts.case_waiting if case.holder == "waiting" else texts.case_assistant


def sheet_lines(case: CaseView, room: Room) -> list[tuple[str, str]]:
    """Return the sheet as names and values; a line without a name has an empty one."""
    limit = min(MAX_SHEET_LINE, room.text // MAX_SHEET)
    lines = [one_line(line, limit) for line in case.sheet if line.strip()]
    pairs = [line.partition(": ") for line in lines[:MAX_SHEET]]
    return [(name, value) if colon else ("", name) for name, colon, value in pairs]


def short(picks: Sequence[Pick], room: Room) -> list[Pick]:
    """Return as many picks, with labels as long, as there is room for."""
    found = picks[: room.options]
    return [replace(pick, label=one_line(pick.label, room.label)) for pick in found]


def spoken(message: OutgoingMessage) -> str:
    """Return the words of a message for a transcript: the user's own exactly as they were."""
    return cut(message.text if message.sender == "user" else plain(message.text), MAX_SAID)
