"""When to strike: while a turn is under way, or between two; what misses its moment is not made."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone

from chaos.talk.place import Place
from gateway.settings import Pace

LULL_SECONDS = 12.0
TURN_SECONDS = 0.15
# What a gateway that was killed had in hand stays leased for ten seconds; only what was taken, or
# renewed, so recently is a turn for sure. It takes longer to start a gateway again.
FRESH_SECONDS = 1.5
_LEASES = "SELECT leased_until FROM conversations WHERE leased_by IS NOT NULL"


async def turn_begins(place: Place, seconds: float = LULL_SECONDS) -> bool:
    """Wait for a while until a message is taken in hand, Rasa being there; whether one was."""
    return await _come(place, seconds, _is_busy)


async def between_turns(place: Place, seconds: float = LULL_SECONDS) -> bool:
    """Wait for a while until no gateway has a message in hand; whether that came."""
    return await _come(place, seconds, lambda ages: all(age > Pace.lease for age in ages))


async def within_turn(place: Place, chance: random.Random, seconds: float = LULL_SECONDS) -> bool:
    """Wait for a moment within a turn, the seed deciding how late; whether there was one."""
    end, late = time.monotonic() + seconds, chance.uniform(0, TURN_SECONDS)
    while await turn_begins(place, end - time.monotonic()):
        await asyncio.sleep(late)
        if _is_busy(ages(place)):
            return True
        late /= 2  # that turn was over before
    return False


def ages(place: Place) -> list[float]:
    """Return for how many seconds each message is in hand, since it was last leased."""
    ends = (datetime.fromisoformat(str(until)) for (until,) in place.sql("gateway", _LEASES))
    # SQLite forgets the zone.
    exact = (end if end.tzinfo else end.replace(tzinfo=timezone.utc) for end in ends)
    return [time.time() + Pace.lease - end.timestamp() for end in exact]


def _is_busy(ages: Sequence[float]) -> bool:
    return any(age < FRESH_SECONDS for age in ages)


async def _come(place: Place, seconds: float, are: Callable[[Sequence[float]], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        spans = place.up.get("rasa")
        is_up = spans is None or bool(spans) and spans[-1][1] is None
        if is_up and are(ages(place)):
            return True
        await asyncio.sleep(0.01)
    return False
