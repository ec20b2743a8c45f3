"""The sentences of the Teams app itself, from texts.yml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gateway.schemas import OutgoingMessage
from gateway.texts import read_texts

TEXTS_FILE = Path(__file__).with_name("texts.yml")


@dataclass(frozen=True)
class TeamsTexts:
    """One field per sentence; texts.yml has exactly these names."""

    welcome: str
    help: str
    in_chat: str
    no_chat: str
    staff_only: str
    no_case: str
    try_later: str
    too_long: str
    gone_choice: str
    not_yours: str
    pick_first: str
    shared: str
    shared_by: str
    labelled: str
    nothing_asked: str
    done: str
    raised: str
    reopened: str


def load_teams_texts(path: Path = TEXTS_FILE) -> TeamsTexts:
    """Read the sentences; raise ValueError naming the file and the field that is wrong."""
    return read_texts(path, TeamsTexts)


def spoken(text: str) -> OutgoingMessage:
    """Return a sentence as a message, to be drawn as any other."""
    values = {"seq": 0, "from": "assistant", "text": text, "at": datetime.now(UTC)}
    return OutgoingMessage.model_validate(values)
