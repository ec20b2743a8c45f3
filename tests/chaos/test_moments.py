"""The moments of strikes: a turn that is under way, none, and what a dead gateway left leased."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from chaos.moments import TURN_SECONDS, between_turns, turn_begins, within_turn
from gateway.settings import Pace

NEW, DEAD, OVER = 0.1, 4.0, 11.0
Leased = Callable[[float], Any]


def as_postgres(age: float) -> datetime:
    """Return until when a lease runs that was taken so long ago."""
    return datetime.now(timezone.utc) + timedelta(seconds=Pace.lease - age)


def as_sqlite(age: float) -> str:
    return str(as_postgres(age).replace(tzinfo=None))


class Looked:
    """A place where each look finds the next leases; the last ones stay."""

    def __init__(self, *looks: list[Any]) -> None:
        self.up: dict[str, Any] = {}
        self.looks = list(looks)

    def sql(self, database: str, query: str, *values: Any) -> list[Any]:
        found = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return [(until,) for until in found]


@pytest.mark.parametrize("leased", [as_postgres, as_sqlite])
async def test_a_turn_begins_with_a_new_lease(leased: Leased) -> None:
    assert await turn_begins(Looked([], [leased(DEAD), leased(NEW)]), 0.2)
    assert not await turn_begins(Looked([]), 0.05)


@pytest.mark.parametrize("leased", [as_postgres, as_sqlite])
async def test_what_a_dead_gateway_left_is_no_turn(leased: Leased) -> None:
    assert not await turn_begins(Looked([leased(DEAD)]), 0.05)


async def test_no_turn_begins_while_rasa_is_away() -> None:
    place = Looked([as_postgres(NEW)])
    place.up["rasa"] = [(0.0, 1.0)]
    assert not await turn_begins(place, 0.05)


async def test_between_turns_nothing_is_leased() -> None:
    assert await between_turns(Looked([as_postgres(DEAD)], [as_postgres(OVER)]), 0.2)
    assert not await between_turns(Looked([as_postgres(DEAD)]), 0.05)


async def test_a_turn_that_was_over_is_not_struck() -> None:
    new = as_postgres(NEW)
    assert await within_turn(Looked([new], [], [], [new]), random.Random(1), 1)
    assert not await within_turn(Looked([new], []), random.Random(1), 2 * TURN_SECONDS)
