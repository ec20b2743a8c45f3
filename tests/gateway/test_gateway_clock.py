"""A clock that was set back: whoever waits since a moment that is yet to come has waited long."""

from __future__ import annotations

from datetime import timedelta
from math import inf

from gateway.conversation.working import note_due_in, working
from gateway.store import Page
from gateway.store.tables import AHEAD_SECONDS, now, waited
from gateway.store.values import Held


def pending(seconds: float) -> Page:
    return Page([], {}, 1, now() + timedelta(seconds=seconds), Held("assistant"))


def test_a_moment_far_in_the_future_counts_as_long_ago() -> None:
    assert waited(now() + timedelta(seconds=1200)) == inf
    assert waited(now() + timedelta(seconds=AHEAD_SECONDS / 2)) < 0


def test_the_note_is_due_at_once_then() -> None:
    assert working(pending(1200), "um momento", 3.0).note == "um momento"
    assert note_due_in(pending(1200), 3.0) is None


def test_another_gateways_clock_may_be_a_little_ahead() -> None:
    assert working(pending(2), "um momento", 3.0).note is None
