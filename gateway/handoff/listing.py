"""Cases as lines of text, for whoever has no Slack or Teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.channels.case import CaseLine, CaseView, spoken, standing
from gateway.channels.texts import ChannelTexts
from gateway.schemas import OutgoingMessage
from gateway.store.values import Handoff, HandoffEvent
from gateway.texts import read_texts

TEXTS_FILE = Path(__file__).with_name("listing.yml")


@dataclass(frozen=True)
class ListingTexts:
    """One field per sentence; listing.yml has exactly these names."""

    usage: str
    none: str
    unknown: str
    erased: str
    line: str
    raised: str
    head: str
    stands: str
    transcript: str
    history: str
    event: str
    closed_now: str
    store_down: str
    opened: str
    reopened: str
    assumed: str
    passed: str
    replied: str
    handed_back: str
    closed: str
    relabelled: str
    raised_again: str


def load_listing_texts(path: Path = TEXTS_FILE) -> ListingTexts:
    """Read the sentences; raise ValueError naming the file and the field that is wrong."""
    return read_texts(path, ListingTexts)


@dataclass(frozen=True)
class Listing:
    """Writes cases; times are those of `zone`."""

    texts: ListingTexts
    channel: ChannelTexts
    zone: ZoneInfo

    def line(self, handoff: Handoff, line: CaseLine) -> str:
        """Return a case on one line."""
        return self.texts.line.format(
            number=line.number,
            title=line.title,
            stands=standing(line, self.channel),
            since=self._there(handoff.changed_at),
            raised=self.texts.raised if handoff.raised else "",
        )

    def case(
        self,
        handoff: Handoff,
        case: CaseView,
        said: Sequence[OutgoingMessage],
        history: Sequence[HandoffEvent],
    ) -> list[str]:
        """Return a case in full: sheet, transcript, history."""
        texts, since = self.texts, self._there(handoff.changed_at)
        stands = texts.stands.format(stands=standing(case, self.channel), since=since)
        return [
            texts.head.format(number=case.number, title=case.title),
            stands,
            *(line for line in case.sheet if line.strip()),
            *self._titled(texts.transcript, [self._said(message) for message in said]),
            *self._titled(texts.history, [self._event(event) for event in history]),
        ]

    def _titled(self, title: str, lines: Sequence[str]) -> Sequence[str]:
        return ["", title, *lines] if lines else []

    def _said(self, message: OutgoingMessage) -> str:
        who = message.author or getattr(self.channel, message.sender)
        what = f"{who}: {spoken(message)}"
        return self.texts.event.format(at=self._there(message.at), what=what)

    def _event(self, event: HandoffEvent) -> str:
        name = "raised_again" if event.kind == "raised" else event.kind
        parts = [getattr(self.texts, name), event.who.name if event.who else "", event.reason or ""]
        what = " · ".join(part for part in parts if part)
        return self.texts.event.format(at=self._there(event.at), what=what)

    def _there(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)
