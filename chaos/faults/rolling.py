"""A rolling restart by SIGTERM under load: each server in turn, and nobody's request fails."""

from __future__ import annotations

import asyncio

from chaos.fault import Scene, fault
from chaos.faults.steps import pause, revive

STOP_SECONDS = 30.0


@fault("rolling-restart", "each server is ended by SIGTERM and started", "larger", 6, 30, 40)
async def rolling(scene: Scene) -> None:
    """Restart one after the other; count requests that got no answer, or a 5xx."""
    kinds = ("gateway", "rasa", "actions")
    names = [name for kind in kinds for name in scene.place.of_kind(kind)]
    for number in range(scene.times):
        name = names[number % len(names)]
        await pause(scene, 0.5, 1.5)
        seconds = await asyncio.to_thread(scene.place.end, name, STOP_SECONDS)
        scene.expect(seconds < STOP_SECONDS, f"{name} had to be killed")
        scene.made += 1
        await revive(scene, [name])
    failed = [one for client in scene.crowd.clients for one in client.log.failed]
    scene.expect(not failed, f"{len(failed)} requests failed: {failed[:5]}")
