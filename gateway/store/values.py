"""What goes into the store and comes out of it, beside the messages that the page gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gateway.schemas import OutgoingMessage

Sender = Literal["user", "assistant", "system"]
State = Literal["pending", "done", "set_aside"]
Mark = Literal["fallback", "late"]
Guide = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """A choice about to be offered; `turn_id` is set where taking it repeats a turn."""

    label: str
    to_rasa: str
    more: bool = False
    turn_id: str | None = None


@dataclass(frozen=True)
class OfferedChoice:
    """A choice that was offered, as its id is resolved."""

    id: str
    label: str
    to_rasa: str
    turn_id: str | None


@dataclass(frozen=True)
class NewMessage:
    """A message of the user's about to be stored: what they see, and what Rasa is sent."""

    client_id: str
    shown: str
    to_rasa: str
    page: str | None = None
    choice: OfferedChoice | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class Reply:
    """An answer about to be stored; `parts` is the JSON of schemas.Parts."""

    sender: Literal["assistant", "system"]
    text: str
    parts: dict[str, Any] = field(default_factory=dict)
    choices: Sequence[Choice] = ()
    mark: Mark | None = None


@dataclass(frozen=True)
class Turn:
    """A pending message of the user's, and what is known where its answer is made.

    `shown` is what they see, `to_rasa` what Rasa is sent for it under `turn_id`; `guide` is the
    conversation's open guide, {"situation": id, "check": id or None}.
    """

    id: str
    conversation: str
    shown: str
    to_rasa: str
    turn_id: str
    page: str | None
    request_id: str | None
    created_at: datetime
    attempts: int
    fell_back_at: datetime | None
    guide: Guide | None


@dataclass(frozen=True)
class Page:
    """A stretch of a conversation: messages in order, and where the conversation stands.

    `settled` are the states, by `seq`, of the user's messages that `messages` answer; `last` is
    the conversation's newest `seq`; `pending_since` is None where nothing waits for an answer.
    """

    messages: list[OutgoingMessage]
    settled: dict[int, State]
    last: int
    pending_since: datetime | None
