"""One user who sends as fast as it goes; what the others notice of it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence

from chaos.fault import Scene, fault
from chaos.faults.steps import revive
from chaos.places.limits import UNLIMITED
from chaos.talk import oracle
from chaos.talk.client import Client
from chaos.talk.flooder import send_flood
from chaos.talk.place import Span

SECONDS, QUICK_SECONDS = 30.0, 5.0
# Each gateway learns to guess as it starts, which takes a processor for some seconds.
LEARNING_SECONDS, LEARNING_QUICK = 20.0, 1.0
AT_ONCE = 8
LIMIT = "OMNI_LIMIT_MESSAGES"
# The default of one session, in each gateway; elsewhere in these runs nobody is limited.
DEFAULT = "5/5"
# How much the others' 95th percentile may grow; in the short run it is only reported.
GROWTH = 1.2


@fault("flood", "one user sends eight at a time without a pause", "larger", 1, 3, 200, 10)
async def flood(scene: Scene) -> None:
    """Compare the others' answers while somebody floods with those of the times between."""
    try:
        await _limit(scene, DEFAULT)
        await asyncio.sleep(LEARNING_QUICK if scene.quick else LEARNING_SECONDS)
        await _in_turns(scene)
    finally:
        await _limit(scene, UNLIMITED)


async def _in_turns(scene: Scene) -> None:
    """Leave the others alone for a while, let somebody flood for as long, and so on."""
    seconds = QUICK_SECONDS if scene.quick else SECONDS
    quiet, flooded = [], []
    for _ in range(scene.times):
        began = time.monotonic()
        await asyncio.sleep(seconds)
        quiet.append((began, time.monotonic()))
        flooded.append(await _flooded(scene, seconds))
        scene.made += 1
    _compare(scene, _waits(scene, quiet), _waits(scene, flooded))


async def _flooded(scene: Scene, seconds: float) -> Span:
    """Let somebody flood; return from when until when."""
    flooder = Client(scene.place.url, scene.chance)
    scene.witnesses.append(flooder)
    async with flooder.visiting():
        found = await send_flood(scene.place.url, flooder.token, scene.chance, seconds, AT_ONCE)
        flooder.log.sent, flooder.log.refused = found.sent, found.refused
        flooder.log.failed += [f"POST /messages: {what}" for what in found.failed]
        await flooder.settled(300)
    scene.expect(found.refused, "nothing of the flood was refused")
    scene.expect(not found.failed, f"of the flood came to nothing: {Counter(found.failed)}")
    for name, more in (("accepted", len(found.sent)), ("refused", found.refused)):
        scene.count(name, more)
    return found.began, found.ended


def _waits(scene: Scene, spans: Sequence[Span]) -> list[float]:
    """Return how long the others waited for the answers to what was accepted within the spans."""
    up = scene.place.up["gateway"]
    found = [pair for one in scene.crowd.clients for pair in oracle.replied(one.log, up)]
    return sorted(s for at, s in found for start, end in spans if start <= at < (end or at))


def _compare(scene: Scene, quiet: list[float], flooded: list[float]) -> None:
    if not (quiet and flooded):
        scene.faults.append("too few answers to compare")
        return
    first, second = (times[round(0.95 * (len(times) - 1))] for times in (quiet, flooded))
    scene.figures |= {"p95 between, s": round(first, 3), "p95 meanwhile, s": round(second, 3)}
    scene.figures["answers compared"] = f"{len(quiet)} and {len(flooded)}"
    if not scene.quick:
        grown = f"the others' p95 went from {first:.2f} to {second:.2f} s"
        scene.expect(second <= GROWTH * first, grown)


async def _limit(scene: Scene, rate: str) -> None:
    for name in scene.place.of_kind("gateway"):
        process = scene.place.processes[name]
        process.environment = {**process.environment, LIMIT: rate}
        await asyncio.to_thread(scene.place.end, name, 30)
        scene.place.begin(name)
    await revive(scene, scene.place.of_kind("gateway"))
