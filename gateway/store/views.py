"""From a stored row to the message that the page gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from gateway.schemas import OutgoingChoice, OutgoingMessage


def outgoing(row: Mapping[Any, Any], choices: Sequence[OutgoingChoice] | None) -> OutgoingMessage:
    """Return `row` of the messages, with `choices`, as the page gets it."""
    return OutgoingMessage.model_validate(
        {
            **row["parts"],
            "seq": row["seq"],
            "from": row["sender"],
            "text": row["text"],
            "choices": choices,
            "at": row["created_at"].replace(tzinfo=UTC),
            "id": row["client_id"],
            "choice": row["choice_id"],
        }
    )
