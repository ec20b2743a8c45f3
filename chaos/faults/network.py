"""Latency, resets and black holes on each link between the servers."""

from __future__ import annotations

import asyncio
import time

from chaos.fault import Scene, fault
from chaos.faults.steps import pause
from chaos.links import Links, Weather
from chaos.moments import LULL_SECONDS

# From: nginx, the gateways, nginx for the Rasas, the gateways, the Rasas, the Rasas, the action
# servers and gateways.
LINKS = (
    "gateway", "rasa", "actions", "postgres-gateway", "postgres-tracker", "redis", "postgres-cases",
)  # fmt: skip
SECONDS, QUICK_SECONDS = 3.0, 1.2
HOLE_SECONDS, QUICK_HOLE_SECONDS = 12.0, 5.0
# Each piece of a connection takes about so long, or breaks it with so much chance.
DELAY, BREAKS = 0.1, 0.05


@fault("latency", "each piece on a link takes 0.05 to 0.15 s", "linked", 7, 70, 10)
async def latency(scene: Scene) -> None:
    """Slow each link down in turn."""
    await _each(scene, Weather(delay=DELAY), _seconds(scene), all_of_kind=True)


@fault("resets", "connections of a link are broken with RST", "linked", 7, 70, 10)
async def resets(scene: Scene) -> None:
    """Break what is open on each link in turn, and one piece of twenty for a while."""
    await _each(scene, Weather(breaks=BREAKS), _seconds(scene), all_of_kind=True)


@fault("black-hole", "one server's link swallows everything for 12 s; in the short run 5 s",
       "linked", 7, 21, 30)  # fmt: skip
async def hole(scene: Scene) -> None:
    """Let each link swallow everything in turn: that to one of two, where there are two."""
    seconds = QUICK_HOLE_SECONDS if scene.quick else HOLE_SECONDS
    await _each(scene, Weather(hole=True), seconds, all_of_kind=False)


async def _each(scene: Scene, weather: Weather, seconds: float, all_of_kind: bool) -> None:
    links = scene.place.links
    broken = links.broken("")
    for number in range(scene.times):
        kind = LINKS[number % len(LINKS)]
        names = [link.name for link in links.named(kind)]
        name = kind if all_of_kind else scene.chance.choice(names)
        await pause(scene, 0.2, 1)
        struck = await _struck(links, name, weather, seconds)
        scene.expect(struck, f"{name}: nothing was struck")
        scene.made += struck > 0
        scene.count(kind, struck > 0)
        scene.count("struck", struck)
    scene.count("connections broken", links.broken("") - broken)


async def _struck(links: Links, name: str, weather: Weather, seconds: float) -> int:
    """Let some links be so, for longer where nobody used them yet; return how often it struck."""
    before, now = links.struck(name), time.monotonic()
    with links.weather(name, weather):
        if weather.breaks:
            links.cut(name)
        await asyncio.sleep(seconds)
        while links.struck(name) == before and time.monotonic() < now + seconds + LULL_SECONDS:
            await asyncio.sleep(0.1)
    return links.struck(name) - before


def _seconds(scene: Scene) -> float:
    return QUICK_SECONDS if scene.quick else SECONDS
