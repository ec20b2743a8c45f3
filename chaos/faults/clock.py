"""The machine's clock jumps, for gateway and Rasa of the embedded installation (libfaketime)."""

from __future__ import annotations

import asyncio
import time

from chaos.fault import Scene, fault
from chaos.faults.steps import pause

# Seconds from the true time, in turn; back to it at the end. A session lasts an hour.
JUMPS = (1200, 0, -1200, 0, 40, -40)
AFTER_SECONDS = 3.0
# How soon they know of it, and how exactly Date says it: in whole seconds, some old.
JUMP_SECONDS, ABOUT_SECONDS = 10.0, 5.0


@fault("clock", "the clock jumps twenty minutes forth and back", "embedded", 2, 60, 15)
async def clock(scene: Scene) -> None:
    """Let the clock of all three servers jump while people talk."""
    try:
        for number in range(scene.times):
            await pause(scene, 2, 4)
            await _jump(scene, JUMPS[number % len(JUMPS)])
        await asyncio.sleep(AFTER_SECONDS)
    finally:
        scene.place.set_clock(0)


async def _jump(scene: Scene, seconds: int) -> None:
    """Set the clock, and see that it jumped: what did not is no fault made."""
    scene.place.set_clock(seconds)
    end = time.monotonic() + JUMP_SECONDS
    while time.monotonic() < end:
        ahead = await asyncio.to_thread(scene.place.clock_ahead)
        if ahead is not None and abs(ahead - seconds) < ABOUT_SECONDS:
            scene.made += 1
            return
        await asyncio.sleep(0.2)
    scene.expect(False, f"the servers' clock did not jump to {seconds:+d} s")
