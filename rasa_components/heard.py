"""What the gateway is told of a turn besides its answers, for review and figures."""

from __future__ import annotations

import logging
from dataclasses import fields
from typing import Any, Dict, Optional

from assistant.dialogue.heard import heard
from assistant.dialogue.state import State

logger = logging.getLogger(__name__)
SLOTS = tuple(field.name for field in fields(State))


def heard_in(
    found: Optional[Dict[str, Any]], message_id: str, version: Optional[str]
) -> Optional[Dict[str, Any]]:
    """Return how a stored turn was understood and what it led to; None where nobody can tell.

    `found` is what rows.turn_within says of it, of SLOTS; `version` is the id of the model that
    answers. The same turn reads the same again.
    """
    try:
        told = heard(**found) if found else None
    except Exception as error:  # a figure that is missing must not cost anybody the answer
        logger.error("turn %s: nothing for the figures (%s)", message_id, type(error).__name__)
        return None
    return {**told, "version": version} if told else None
