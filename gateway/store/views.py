"""From a stored row to the message that the page gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gateway.schemas import OutgoingChoice, OutgoingMessage


def outgoing(row: Mapping[Any, Any], choices: Sequence[OutgoingChoice] | None) -> OutgoingMessage:
    """Return a message as the page gets it.

    `row` has the columns of the messages, and may have `answers` (the `seq` of the message that
    it replies to) and `helpful` (the feedback it got).
    """
    mark = row["mark"]
    return OutgoingMessage.model_validate(
        {
            **row["parts"],
            "seq": row["seq"],
            "from": row["sender"],
            "text": row["text"],
            "choices": choices,
            "at": _utc(row["created_at"]),
            "id": row["client_id"],
            "choice": row["choice_id"],
            "state": row["state"],
            "reply_to": row.get("answers"),
            "feedback": row.get("helpful"),
            "fallback": True if mark == "fallback" else None,
            "late": True if mark == "late" else None,
            "via": row.get("via"),
        }
    )


def _utc(time: datetime) -> datetime:
    return time.astimezone(UTC)
