"""Steps that several faults have in common."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from chaos.fault import Scene

READY_SECONDS = 90.0
OPENING = "os emails não estão chegando na caixa do suporte"


async def pause(scene: Scene, least: float, most: float) -> None:
    """Wait for a while that the seed decides, in seconds."""
    await asyncio.sleep(scene.chance.uniform(least, most))


async def kill(scene: Scene, name: str, in_time: bool = True) -> None:
    """Kill a process as the kernel would, and count it where that is at the moment meant."""
    await asyncio.to_thread(scene.place.kill, name)
    scene.made += in_time


async def freeze(scene: Scene, name: str, seconds: float) -> None:
    """Let a process hold its connections and answer nothing for a while, and count it."""
    scene.figures["seconds"] = seconds
    with scene.place.processes[name].frozen():
        scene.made += 1
        await asyncio.sleep(seconds)


async def revive(scene: Scene, names: Iterable[str]) -> None:
    """Start processes and wait until they answer; one that ends is started anew, as by systemd."""
    await asyncio.to_thread(_revive, scene, list(names))


def _revive(scene: Scene, names: list[str]) -> None:
    end = time.monotonic() + READY_SECONDS
    while waiting := [name for name in names if not scene.place.answers(name)]:
        if time.monotonic() > end:
            raise TimeoutError(f"{', '.join(waiting)}: not up after {READY_SECONDS:.0f} s")
        for name in waiting:
            if not scene.place.runs(name):
                scene.place.begin(name)
        time.sleep(0.2)
