"""Makes faults one after the other, each under load, and asks the oracle what came of it."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from chaos.fault import Fault, Scene
from chaos.links import Links
from chaos.places.larger import ClusterStack
from chaos.places.served import V1, Installation
from chaos.places.small import Missing, Small
from chaos.talk import oracle
from chaos.talk.client import Client
from chaos.talk.evidence import Evidence, collect
from chaos.talk.load import Crowd
from chaos.tally import Tally, tally, told

PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"
# Beyond a fault's bound: for coming, for putting things back, and until all are answered.
MARGIN_SECONDS = 300.0
# The larger installation; the same with a fault proxy on every link; the embedded one on a small
# disk, with a clock that can be set; and as `make run` serves bundles.
PLACES: dict[str, Callable[[int], Any]] = {
    "larger": lambda seed: ClusterStack(),
    "linked": lambda seed: ClusterStack(Links(seed)),
    "embedded": lambda seed: Small(),
    "served": lambda seed: _served(),
}


def _served() -> Installation:
    made = Installation(Path(tempfile.mkdtemp(prefix="omni-served-")))
    made.make_bundles()
    made.shelf.activate(V1)
    return made


@dataclass
class Result:
    """A fault's row in the report; `seconds` from the first message to the last answer."""

    name: str
    about: str
    place: str
    seed: int
    planned: int
    injected: int = 0
    seconds: float = 0.0
    load: float = 0.0
    tally: Tally = field(default_factory=Tally)
    figures: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    verdict: str = NOT_RUN
    mode: str = ""
    at: str = ""
    commit: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it for the report."""
        found = asdict(self)
        return {**found, **{k: _rounded(v) for k, v in found.items() if k != "tally"},
                "tally": {k: _rounded(v) for k, v in found["tally"].items()}}  # fmt: skip

    def judge(self) -> None:
        """Passed: no fault found, every injection made, and somebody was there to be hurt."""
        if self.injected < self.planned:
            self.faults.append(f"only {self.injected} of {self.planned} were made")
        if not self.tally.accepted:
            self.faults.append("nobody said anything")
        self.verdict = FAILED if self.faults else PASSED


@contextmanager
def started(kind: str, seed: int, keep: bool = False) -> Iterator[Any]:
    """Give a running installation; raise Missing where this machine cannot have it.

    Its folder is left where it is to be kept.
    """
    place = PLACES[kind](seed)
    try:
        place.start()
        yield place
    finally:
        place.remove(keep)


async def run(fault: Fault, place: Any, seed: int, times: int, quick: bool) -> Result:
    """Make a fault `times` times while people talk; return what came of it."""
    result = Result(fault.name, fault.about, fault.place, seed, times)
    chance = random.Random(f"{seed}-{fault.name}")
    crowd = Crowd(place, chance.randrange(10**9), None, fault.people, fault.rate)
    scene = Scene(place, crowd, chance, times, quick)
    if await _noting(result, asyncio.to_thread(place.start)):
        began = time.monotonic()
        await _noting(result, _made(fault, scene))
        result.seconds, result.load = time.monotonic() - began, os.getloadavg()[0]
        await _noting(result, _compared(result, scene))
    result.injected, result.figures = scene.made, scene.figures
    result.faults = [*scene.faults, *result.faults]
    result.judge()
    return result


async def _noting(result: Result, work: Awaitable[None]) -> bool:
    """Note what is raised, whatever it is, as this row's verdict; return whether nothing was."""
    try:
        await work
    except Exception as error:
        result.faults += _said(error)
        return False
    return True


async def _made(fault: Fault, scene: Scene) -> None:
    """Make the fault under load. Also coming and leaving take as long as the servers let them."""
    bound = fault.bound(scene.times)
    async with asyncio.timeout(bound + MARGIN_SECONDS), scene.crowd.talking():
        async with asyncio.timeout(bound):
            await fault.inject(scene)


async def _compared(result: Result, scene: Scene) -> None:
    people = [*scene.crowd.clients, *scene.witnesses, *scene.forgotten]
    await asyncio.to_thread(scene.place.start)
    kept = await asyncio.to_thread(lambda: [_of(scene.place, person) for person in people])
    up = scene.place.up["gateway"]
    for person, stored in zip(people, kept, strict=True):
        result.tally = result.tally.plus(tally(person.log, stored, up))
        remembered = person not in scene.forgotten
        result.faults += oracle.faults(told(person.log), stored, up, remembered)


def _of(place: Any, person: Client) -> Evidence:
    return collect(place, person.log.conversation)


def not_run(fault: Fault, seed: int, times: int, why: Missing) -> Result:
    """Return the row of a fault that this machine cannot have."""
    return Result(fault.name, fault.about, fault.place, seed, times, faults=[str(why)])


def not_started(fault: Fault, seed: int, times: int, error: Exception) -> Result:
    """Return the row of a fault whose installation could not be started."""
    result = Result(fault.name, fault.about, fault.place, seed, times, faults=_said(error))
    result.judge()
    return result


def _said(error: BaseException) -> list[str]:
    """Return the kinds and places of what was raised, and what our own assertions say."""
    if inner := getattr(error, "exceptions", None):  # of a group
        return [one for each in inner for one in _said(each)]
    last = traceback.extract_tb(error.__traceback__)[-1]
    return [f"{type(error).__name__} at {last.name}:{last.lineno}: {str(error)[:300]}"]


def _rounded(value: Any) -> Any:
    if value == float("inf"):
        return None  # it never came; JSON has no word for that
    return round(value, 2) if isinstance(value, float) else value
