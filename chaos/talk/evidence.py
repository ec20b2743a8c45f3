"""What the three databases hold of one conversation, for the oracle."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from chaos.talk.place import Place


@dataclass(frozen=True)
class Row:
    """A row of the inbox or the outbox; `answers` is the seq of the message it replies to."""

    seq: int
    sender: str
    text: str
    state: str | None = None
    client_id: str | None = None
    turn_id: str | None = None
    to_rasa: str | None = None
    mark: str | None = None
    answers: int | None = None
    case: int | None = None
    attempts: int = 0


@dataclass
class Turn:
    """A turn as Rasa's tracker holds it: the user's event, and what the bot said to it."""

    message_id: str
    text: str
    said: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Evidence:
    """All that is stored of one conversation, in order."""

    rows: list[Row]
    turns: list[Turn]
    cases: list[int]


def collect(place: Place, conversation: str) -> Evidence:
    """Read the databases beside the processes."""
    return Evidence(
        _rows(place, conversation),
        _turns(place, conversation),
        [row[0] for row in place.sql("cases", _CASES, conversation)],
    )


_ROWS = """
SELECT m.seq, m.sender, m.text, m.state, m.client_id, m.turn_id, m.to_rasa, m.mark, a.seq,
       CAST(m.parts ->> 'case' AS INTEGER), m.attempts
FROM messages m LEFT JOIN messages a ON a.id = m.reply_to
WHERE m.conversation_id = ? ORDER BY m.seq
"""
_EVENTS = """
SELECT data FROM events WHERE sender_id = ? AND type_name IN ('user', 'bot') ORDER BY id
"""
_CASES = "SELECT number FROM cases WHERE conversation = ? ORDER BY number"


def _rows(place: Place, conversation: str) -> list[Row]:
    return [Row(*values) for values in place.sql("gateway", _ROWS, conversation)]


def _turns(place: Place, conversation: str) -> list[Turn]:
    turns: list[Turn] = []
    for (data,) in place.sql("tracker", _EVENTS, conversation):
        event = json.loads(data)
        if event["event"] == "user":
            turns.append(Turn(event["message_id"], event["text"]))
        else:
            turns[-1].said.append(event["text"] or "")
    return turns
