"""kill -9 of each process at seeded moments, while twelve people talk: nothing lost, nothing twice.

OMNI_SEED repeats a run as far as the machine does: what is said, and how long after each start
a process is killed.
"""

from __future__ import annotations

import asyncio
import os
import random
from dataclasses import dataclass

import pytest

from chaos.moments import TURN_SECONDS, turn_begins
from chaos.places.embedded import Stack
from chaos.talk.load import Crowd


@dataclass(frozen=True)
class Deaths:
    """How often a process is killed, how long it lives before, and how long it is away after.

    Seconds, (least, most); the time until it answers again comes on top.
    """

    times: int
    lives: tuple[float, float]
    away: tuple[float, float] = (0.1, 1.0)


DEATHS = {
    "rasa": Deaths(3, (8.0, 14.0)),
    "actions": Deaths(4, (1.0, 6.0)),
    "gateway": Deaths(5, (1.0, 6.0)),
}
# Once Rasa is there again, the gateway takes up to ten seconds to come back to what waits, so Rasa
# lives longer. Most deaths are to fall within a turn, which takes about TURN_SECONDS; there is none
# while Rasa is away, so some of the other deaths fall into that time.


async def kill_now_and_then(stack: Stack, name: str, chance: random.Random) -> None:
    """Kill a process, start it again as a supervisor does, and so on."""
    deaths = DEATHS[name]
    for _ in range(deaths.times):
        await asyncio.sleep(chance.uniform(*deaths.lives))
        await turn_begins(stack)
        await asyncio.sleep(chance.uniform(0, TURN_SECONDS))
        stack.kill(name)
        await asyncio.sleep(chance.uniform(*deaths.away))
        stack.begin(name)
        await asyncio.to_thread(stack.wait, name)


async def test_nothing_is_lost_or_said_twice(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("OMNI_SEED") or random.randrange(10**6))
    crowd = Crowd(stack, seed)
    async with crowd.talking(), asyncio.TaskGroup() as killers:
        for name in DEATHS:
            chance = random.Random(f"{seed}-{name}")
            killers.create_task(kill_now_and_then(stack, name, chance))
    findings = crowd.findings()
    with capsys.disabled():
        print(f"\nOMNI_SEED={seed}: {findings.figures}")
    assert not findings.faults, "\n".join([f"OMNI_SEED={seed}", *findings.faults])
    assert all(len(client.log.sent) >= 10 for client in crowd.clients)
