"""Bundles that are missing, cut short or unsigned, at their activation and at a start."""

from __future__ import annotations

import asyncio

from chaos.fault import Scene, fault
from chaos.faults.steps import pause
from chaos.places.served import V1, V2
from release.wording import Refused

KINDS = ("missing", "truncated", "unsigned")
LOOK_SECONDS = 1.0


@fault(
    "bundles",
    "a bundle is missing, truncated or unsigned, at its activation and at a start",
    "served",
    3,
    30,
    120,
    people=6,
    rate=2.0,
)
async def bundles(scene: Scene) -> None:
    """Refuse each kind while the version before serves on; then start with such a one active."""
    place, sound = scene.place, scene.place.shelf.file(V2).read_bytes()
    for number in range(scene.times):
        kind = KINDS[number % len(KINDS)]
        await pause(scene, 0.5, 1.5)
        _spoil(scene, kind, sound)
        scene.expect(_refused(scene), f"a {kind} bundle was activated")
        await asyncio.sleep(LOOK_SECONDS)
        scene.expect(place.serves(V1), f"a {kind} bundle ended the version before")
        scene.made += 1
        scene.count(kind)
    await _start_with(scene, scene.chance.choice(KINDS), sound)


async def _start_with(scene: Scene, kind: str, sound: bytes) -> None:
    place = scene.place
    place.shelf.file(V2).write_bytes(sound)
    place.shelf.activate(V2)
    await asyncio.to_thread(place.taken, V2)
    _spoil(scene, kind, sound)
    await asyncio.to_thread(place.stop)
    await asyncio.to_thread(place.start)
    scene.figures["active at a start"] = kind
    scene.expect(place.serves(V1), f"started with a {kind} bundle, it serves something else")
    await pause(scene, 2, 3)


def _spoil(scene: Scene, kind: str, sound: bytes) -> None:
    file = scene.place.shelf.file(V2)
    file.unlink(missing_ok=True)
    if kind == "truncated":
        file.write_bytes(sound[: scene.chance.randrange(1, len(sound))])
    elif kind == "unsigned":
        # The signature is the zip's comment; what is before it stays a whole zip.
        end = sound.rindex(b"omni1 ")
        file.write_bytes(sound[: end - 2] + b"\0\0")


def _refused(scene: Scene) -> bool:
    try:
        scene.place.shelf.activate(V2)
    except (Refused, OSError):
        return True
    return False
