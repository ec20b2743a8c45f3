"""The sentences about a handover, from texts.yml or the installation's own file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.texts import read_texts

TEXTS_FILE = Path(__file__).with_name("texts.yml")


@dataclass(frozen=True)
class DeskTexts:
    """One field per sentence; texts.yml has exactly these names."""

    expect_open: str
    expect_closed: str
    assumed: str
    passed: str
    handed_back: str
    closed: str
    nobody_yet: str
    person_late: str
    already_held: str
    already_closed: str
    assume_first: str
    unknown_case: str


def load_desk_texts(path: Path = TEXTS_FILE) -> DeskTexts:
    """Read the sentences; raise ValueError naming the file and the field that is wrong."""
    return read_texts(path, DeskTexts)
