"""What the gateway is told of a turn that has ended, asked of the tracker store at once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rasa_components.stores import rows

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told:
    """Whether the turn is stored, whether history was lost, some slots now, and what it did.

    `turn` is what rows.turn_within says; None where the turn is not stored, or cannot be read.
    """

    stored: bool
    lost: bool
    slots: dict[str, Any]
    turn: dict[str, Any] | None


def told(
    session: sa.orm.Session,
    sender_id: str,
    message_id: str,
    now: Sequence[str],
    around: Sequence[str],
) -> Told:
    """Return what is to be told: the slots `now`, and those `around` the turn of the message."""
    span = rows.span_of(session, sender_id, message_id)
    lost = rows.must_tell(session, sender_id, message_id)
    turn = _turn(session, sender_id, span, around) if span else None
    if turn and span and span[1] is None and turn["after"].keys() >= set(now):
        slots = {name: turn["after"][name] for name in now}
    else:
        slots = rows.slots_of(session, sender_id, now)
    return Told(span is not None, lost, slots, turn)


def _turn(
    session: sa.orm.Session, sender_id: str, span: tuple[int, int | None], names: Sequence[str]
) -> dict[str, Any] | None:
    try:
        return rows.turn_within(session, sender_id, span, names)
    except sa.exc.SQLAlchemyError:
        raise
    except Exception as error:  # a figure that is missing must not cost anybody the answer
        logger.error("nothing for the figures (%s)", type(error).__name__)
        return None
