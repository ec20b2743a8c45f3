"""What the webhook posts about a case, and its signature. Pure functions."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.channels.case import CaseView
from gateway.schemas import OutgoingMessage
from gateway.store.values import HandoffEvent

VERSION = "v1"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return "v1=" and HMAC-SHA256 of "timestamp.body" as hexadecimal digits."""
    signed = timestamp.encode() + b"." + body
    return f"{VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def of_event(
    id: str,
    event: HandoffEvent,
    case: CaseView,
    facts: Mapping[str, Any],
    said: Sequence[OutgoingMessage],
) -> bytes:
    """Return the body for an event; `said` is the transcript, where it has one."""
    who = {"id": event.who.id, "name": event.who.name} if event.who else None
    told: dict[str, Any] = {
        "id": id,
        "type": f"case.{event.kind}",
        "at": event.at.isoformat(),
        "case": _case(case, facts),
        "event": {"n": event.n, "state": event.state, "who": who, "reason": event.reason},
    }
    if said:
        told["messages"] = [_message(message) for message in said]
    return _json(told)


def of_message(id: str, case: int, message: OutgoingMessage) -> bytes:
    """Return the body for a message between the user and the team."""
    at = message.at.isoformat()
    number = {"number": case}
    told = {"id": id, "type": "message", "at": at, "case": number, "message": _message(message)}
    return _json(told)


def _case(case: CaseView, facts: Mapping[str, Any]) -> dict[str, Any]:
    sheet = [line for line in case.sheet if line.strip()]
    stands = {"number": case.number, "state": case.holder, "holder": case.name or None}
    return {**stands, "title": case.title, "sheet": sheet, "facts": facts}


def _message(message: OutgoingMessage) -> dict[str, Any]:
    wire = message.wire()
    return {name: wire[name] for name in ("seq", "from", "author", "text", "at") if name in wire}


def _json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
