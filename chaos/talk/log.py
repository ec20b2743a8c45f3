"""What one client sent, saw and heard, and when."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]


@dataclass
class Sent:
    """A message of theirs; `accepted` is when its 202, or a repeat's 200, came."""

    id: str
    accepted: float | None = None
    seq: int | None = None
    # How long it took until it was accepted.
    took: float = 0.0


def new_id(chance: random.Random) -> str:
    """Return an id for a message, which the seed decides."""
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


@dataclass
class Log:
    """What one client knows. Times are of time.monotonic().

    `heard` came by events, over as many streams as it took; `read` by GET, each from the last
    known number on. `words` is when anything was said to them: a note, a fallback, an answer;
    `offline` when the widget would say that there is no connection. `failed`: requests without an
    answer, or with a 5xx, or streams that were refused, by what came instead; `refused` counts
    requests that were too many (429).
    """

    conversation: str = ""
    sent: list[Sent] = field(default_factory=list)
    heard: list[Message] = field(default_factory=list)
    heard_at: list[float] = field(default_factory=list)
    read: list[Message] = field(default_factory=list)
    words: list[float] = field(default_factory=list)
    offline: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    refused: int = 0
    states: dict[int, str] = field(default_factory=dict)
    endings: list[str] = field(default_factory=list)
    streams: int = 0
