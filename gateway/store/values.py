"""What goes into the store and comes out of it, beside the messages that the page gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Sender = Literal["user", "assistant", "system"]
State = Literal["pending", "done", "failed"]


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


@dataclass(frozen=True)
class Reply:
    """An answer about to be stored; `parts` is the JSON of schemas.Parts."""

    sender: Literal["assistant", "system"]
    text: str
    parts: dict[str, Any] = field(default_factory=dict)
    choices: Sequence[Choice] = ()


@dataclass(frozen=True)
class AcceptedMessage:
    """A message of the user's that is stored; `to_rasa` is what Rasa is sent for it."""

    id: str
    conversation: str
    state: State
    to_rasa: str
    turn_id: str
    page: str | None
