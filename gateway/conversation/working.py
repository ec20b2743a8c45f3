"""Whether somebody waits for an answer, and whether that deserves a word."""

from __future__ import annotations

from gateway.schemas import Working
from gateway.store import Page
from gateway.store.tables import waited


def working(page: Page, note: str, after: float) -> Working:
    """Return what to show: `note` once the oldest message has waited for `after` seconds."""
    if page.pending_since is None:
        return Working(working=False, note=None)
    return Working(working=True, note=note if _waited(page) >= after else None)


def note_due_in(page: Page, after: float) -> float | None:
    """Return the seconds until the note is due; None where none is to come."""
    if page.pending_since is None or _waited(page) >= after:
        return None
    return after - _waited(page)


def _waited(page: Page) -> float:
    if page.pending_since is None:
        return 0.0
    return waited(page.pending_since)
