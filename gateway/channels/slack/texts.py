"""What only the Slack app says, from texts.yml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.texts import read_texts

TEXTS_FILE = Path(__file__).with_name("texts.yml")


@dataclass(frozen=True)
class SlackTexts:
    """One field per sentence; texts.yml has exactly these names."""

    help: str
    help_mention: str
    no_text: str
    too_long: str
    expired: str
    not_shared: str
    labelled: str
    not_labelled: str
    nothing_to_copy: str
    someone: str
    case_thread: str
    cases_off: str
    cases_private: str
    case_raised: str
    case_reopened: str
    note_hint: str
    files: str
    unavailable: str


def load_slack_texts(path: Path = TEXTS_FILE) -> SlackTexts:
    """Read the sentences; raise ValueError naming the file and the field that is wrong."""
    return read_texts(path, SlackTexts)
