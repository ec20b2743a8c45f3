"""What goes into the store and comes out of it, beside the messages that the page gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gateway.schemas import OutgoingMessage

Sender = Literal["user", "assistant", "system", "person"]
Holder = Literal["assistant", "waiting", "person", "closed"]
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
    """An answer about to be stored; `parts` is the JSON of schemas.Parts.

    `version` and `model` say which bundle, and which model of Rasa's, it comes from.
    """

    sender: Literal["assistant", "system", "person"]
    text: str
    parts: dict[str, Any] = field(default_factory=dict)
    choices: Sequence[Choice] = ()
    mark: Mark | None = None
    via: str | None = None
    version: str | None = None
    model: str | None = None


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
    holder: Holder = "assistant"
    sender: Sender = "user"


@dataclass(frozen=True)
class Agent:
    """Someone of the team; `id` is unique over all platforms ("slack:T1:U1")."""

    id: str
    name: str


@dataclass(frozen=True)
class Destination:
    """A place to deliver to: the sink's name, what makes the place unique, and how to reach it."""

    sink: str
    key: str
    address: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opening:
    """A case about to wait for the team: what the person is told, by when, and who hears of it.

    `continues` is the reason with which older cases of the conversation are closed.
    """

    case: int
    said: Sequence[Reply] = ()
    due_at: datetime | None = None
    destinations: Sequence[Destination] = ()
    continues: str = ""


@dataclass(frozen=True)
class Handoff:
    """A case and who has its conversation since `changed_at`.

    `events` is the number of its newest event, `raised` how often it was raised since somebody
    last did anything about it.
    """

    case: int
    conversation: str
    state: Holder
    holder: Agent | None
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    raised: int
    events: int


@dataclass(frozen=True)
class HandoffEvent:
    """A change of a case; it stands after the message `after_seq`."""

    case: int
    n: int
    kind: str
    state: Holder
    at: datetime
    who: Agent | None
    reason: str | None
    after_seq: int


@dataclass(frozen=True)
class Change:
    """A change about to be stored: the event, and what is said to the person.

    `to_rasa` is a payload that the assistant is given for it, as if it were a message; `shown` is
    what the person sees of that.
    """

    kind: str
    state: Holder
    who: Agent | None = None
    reason: str | None = None
    said: Sequence[Reply] = ()
    due_at: datetime | None = None
    shown: str = ""
    to_rasa: str = ""


@dataclass(frozen=True)
class Delivery:
    """A place that a conversation is delivered to, and how far it got.

    `memory` is what its outlet keeps there; `attempting` names an item that was begun before, with
    an outcome that nobody knows.
    """

    id: str
    conversation: str
    case: int | None
    sink: str
    address: dict[str, Any]
    memory: dict[str, Any]
    seen_seq: int
    seen_event: int
    attempts: int
    attempting: str | None = None


@dataclass(frozen=True)
class Held:
    """Who has a conversation: the assistant, nobody yet of the team, or a person by name."""

    by: Holder = "assistant"
    name: str | None = None
    case: int | None = None


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
    held: Held = Held()
