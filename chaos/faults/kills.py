"""kill -9 of a Rasa or a gateway in the middle of turns; an init system starts it again."""

from __future__ import annotations

from chaos.fault import Scene, fault
from chaos.faults.steps import kill, pause, revive
from chaos.moments import within_turn


@fault("rasa-killed", "one of two Rasas is killed within a turn", "larger", 1, 100, 40)
async def rasa(scene: Scene) -> None:
    """Kill one of the Rasas again and again."""
    await _each(scene, "rasa")


@fault("gateway-killed", "one of two gateways is killed within a turn", "larger", 2, 50, 30)
async def gateway(scene: Scene) -> None:
    """Kill one of the gateways again and again."""
    await _each(scene, "gateway")


async def _each(scene: Scene, kind: str) -> None:
    for _ in range(scene.times):
        name = scene.chance.choice(scene.place.of_kind(kind))
        await pause(scene, 0.3, 2)
        in_time = await within_turn(scene.place, scene.chance)
        await kill(scene, name, in_time)
        await pause(scene, 0.1, 1)
        await revive(scene, [name])
