"""PostgreSQL is killed, hangs, is restarted between two turns, or is not there at the start."""

from __future__ import annotations

import asyncio

from chaos.fault import Scene, fault
from chaos.faults.steps import freeze, kill, pause, revive
from chaos.moments import between_turns

HUNG_SECONDS, HUNG_QUICK = 25.0, 12.0
ABSENT_SECONDS = 4.0
STOP_SECONDS = 20.0


@fault("postgres-killed", "PostgreSQL is killed, and starts again", "larger", 1, 10, 40)
async def killed(scene: Scene) -> None:
    """Kill it and all its processes."""
    for _ in range(scene.times):
        await pause(scene, 0.5, 3)
        await kill(scene, "postgres")
        await pause(scene, 0.2, 3)
        await revive(scene, ["postgres"])
        await pause(scene, 2, 4)


@fault("postgres-hung", "PostgreSQL holds its connections and answers nothing", "larger", 1, 3, 60)
async def hung(scene: Scene) -> None:
    """Freeze it: 25 s, in the short run 12 s."""
    for _ in range(scene.times):
        await pause(scene, 0.5, 3)
        await freeze(scene, "postgres", HUNG_QUICK if scene.quick else HUNG_SECONDS)
        await pause(scene, 2, 4)


@fault("postgres-restarted", "PostgreSQL is restarted between two turns", "larger", 1, 10, 40)
async def restarted(scene: Scene) -> None:
    """Stop it as an init system would while nobody's turn runs, and start it again."""
    for _ in range(scene.times):
        await pause(scene, 0.5, 2)
        in_time = await between_turns(scene.place)
        await asyncio.to_thread(scene.place.end, "postgres", STOP_SECONDS)
        scene.made += in_time
        await revive(scene, ["postgres"])
        await pause(scene, 1, 2)


@fault("postgres-absent", "everything starts before PostgreSQL does", "larger", 1, 3, 120, 6, 2.0)
async def absent(scene: Scene) -> None:
    """Stop all of ours and PostgreSQL, start ours, and PostgreSQL some seconds later."""
    ours = [name for kind in ("actions", "rasa", "gateway") for name in scene.place.of_kind(kind)]
    for _ in range(scene.times):
        await pause(scene, 0.5, 1)
        for name in (*ours, "postgres"):
            await asyncio.to_thread(scene.place.end, name, STOP_SECONDS)
        for name in ours:
            scene.place.begin(name)
        scene.made += 1
        await asyncio.sleep(ABSENT_SECONDS)
        await revive(scene, ["postgres", *ours])
        await pause(scene, 1, 2)
