"""Limits that are lifted: everybody comes from one address here, and types without a pause."""

from __future__ import annotations

UNLIMITED = "1000/1"
_NAMES = ("MESSAGES", "ADDRESS_MESSAGES", "ADDRESS_SESSIONS", "ADDRESS_REQUESTS")


def lifted() -> dict[str, str]:
    """Return the settings under which nobody is limited."""
    return {f"OMNI_LIMIT_{name}": UNLIMITED for name in _NAMES}
