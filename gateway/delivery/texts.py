"""The words of e-mails about cases, from texts.yml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.texts import read_texts

TEXTS_FILE = Path(__file__).with_name("texts.yml")


@dataclass(frozen=True)
class DeliveryTexts:
    """One field per sentence; texts.yml has exactly these names."""

    subject: str
    again: str
    opened: str
    reopened: str
    raised: str
    closed: str
    reason: str
    sheet: str
    transcript: str
    said: str
    who_by_name: str
    footer: str


def load_delivery_texts(path: Path = TEXTS_FILE) -> DeliveryTexts:
    """Read the words; raise ValueError naming the file and the field that is wrong."""
    return read_texts(path, DeliveryTexts)
