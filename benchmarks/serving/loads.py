"""Kinds of load. Constant arrival is an open loop of our own: Locust's users are a closed one.

`constant_throughput` of Locust caps what its users send: one that waits for an answer sends
nothing meanwhile, so that a slow system is asked less, and looks faster than it is. Here messages
are due at fixed moments whatever became of those before, and each wait is counted from its due
moment.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from benchmarks.serving.measures import percentiles
from benchmarks.serving.talkers import TURN_SECONDS, Talker, timed

# A rate is held while the slow end of the answers stays below this, and none is missing.
STEADY_MS = 1000.0
Make = Callable[[aiohttp.ClientSession], Talker]
Script = Callable[[int], list[str]]


@dataclass
class Heard:
    """Milliseconds of each answered turn, and how many turns failed."""

    waits: list[float] = field(default_factory=list)
    failed: int = 0

    def add(self, milliseconds: float, status: int) -> None:
        """Take down one turn."""
        if status == 200:
            self.waits.append(milliseconds)
        else:
            self.failed += 1

    def figures(self) -> dict[str, Any]:
        """Return percentiles and failures."""
        found = percentiles(self.waits) if self.waits else {"n": 0}
        return {**found, "failed": self.failed}


@asynccontextmanager
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Give a session without limits of its own."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2.0)
    timeout = aiohttp.ClientTimeout(total=TURN_SECONDS)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        yield http


async def closed(make: Make, script: Script, people: int, turns: int) -> dict[str, Any]:
    """Let `people` talk without pause, `turns` turns in all."""
    heard, numbers = Heard(), iter(range(10**9))
    start = time.perf_counter()
    async with client() as http:

        async def person() -> None:
            while len(heard.waits) + heard.failed < turns:
                await _whole_script(make(http), script(next(numbers)), heard)

        await asyncio.gather(*(person() for _ in range(people)))
    seconds = time.perf_counter() - start
    return {**heard.figures(), "per_second": round(len(heard.waits) / seconds, 1)}


async def constant(make: Make, script: Script, rate: float, seconds: float) -> dict[str, Any]:
    """Send `rate` messages a second for a time; waits count from the moment each was due."""
    heard, people = Heard(), People(make, script)
    async with client() as http:
        await people.prepare(http, int(rate) + 8)
        start, turns = time.perf_counter() + 0.1, []
        for number in range(int(rate * seconds)):
            due = start + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            turns.append(asyncio.create_task(people.turn(http, due, heard)))
        await asyncio.gather(*turns)
        took = time.perf_counter() - start
        await people.leave()
    done = round(len(heard.waits) / took, 1)
    return {"rate": rate, **heard.figures(), "per_second": done}


async def burst(make: Make, script: Script, people: int, health: str) -> dict[str, Any]:
    """Let many write at once; also how long the health route took meanwhile."""
    heard = Heard()
    async with client() as http:
        talkers = [make(http) for _ in range(people)]
        await asyncio.gather(*(talker.open() for talker in talkers))
        looking = asyncio.create_task(_look(http, health))
        turns = [timed(one, script(number)[0]) for number, one in enumerate(talkers)]
        for milliseconds, status in await asyncio.gather(*turns):
            heard.add(milliseconds, status)
        looking.cancel()
        (looks,) = await asyncio.gather(looking, return_exceptions=False)
        await asyncio.gather(*(talker.close() for talker in talkers))
    last = round(max(heard.waits, default=0.0), 1)
    return {**heard.figures(), "last": last, "health_longest": round(max(looks), 1)}


async def session(make: Make, texts: list[str], turns: int) -> list[float]:
    """Let one conversation go on for many turns; return the milliseconds of each."""
    waits = []
    async with client() as http:
        talker = make(http)
        await talker.open()
        for number in range(turns):
            milliseconds, status = await timed(talker, texts[number % len(texts)])
            assert status == 200, f"turn {number}: {status}"
            waits.append(milliseconds)
        await talker.close()
    return waits


async def long_message(make: Make, text: str, short: str) -> dict[str, Any]:
    """Send a very long text, and a short one of somebody else while it is worked on."""
    async with client() as http:
        one, other = make(http), make(http)
        await asyncio.gather(one.open(), other.open())
        long = asyncio.create_task(timed(one, text))
        await asyncio.sleep(0.02)
        beside, _ = await timed(other, short)
        milliseconds, status = await long
        await asyncio.gather(one.close(), other.close())
    return {"ms": round(milliseconds, 1), "status": status, "beside_ms": round(beside, 1)}


class People:
    """Conversations that go on with whoever is free; new ones come where nobody is."""

    def __init__(self, make: Make, script: Script) -> None:
        self._make, self._script = make, script
        self._free: list[tuple[Talker, list[str]]] = []
        self._met = 0
        self._gone: list[Talker] = []

    async def prepare(self, http: aiohttp.ClientSession, number: int) -> None:
        """Have some ready, so that coming in is no part of a turn."""
        self._free += await asyncio.gather(*(self._new(http) for _ in range(number)))

    async def turn(self, http: aiohttp.ClientSession, due: float, heard: Heard) -> None:
        """Take one turn of somebody's conversation."""
        talker, left = self._free.pop() if self._free else await self._new(http)
        _, status = await timed(talker, left.pop(0))
        heard.add(1000 * (time.perf_counter() - due), status)
        if left and status == 200:
            self._free.insert(0, (talker, left))
        else:
            await talker.close()
            self._free.insert(0, await self._new(http))

    async def leave(self) -> None:
        """Close every conversation."""
        await asyncio.gather(*(talker.close() for talker, _ in self._free))

    async def _new(self, http: aiohttp.ClientSession) -> tuple[Talker, list[str]]:
        self._met += 1
        talker = self._make(http)
        await talker.open()
        return talker, list(self._script(self._met))


async def _whole_script(talker: Talker, texts: list[str], heard: Heard) -> None:
    await talker.open()
    for text in texts:
        heard.add(*await timed(talker, text))
    await talker.close()


async def _look(http: aiohttp.ClientSession, url: str) -> list[float]:
    looks = []
    try:
        while True:
            start = time.perf_counter()
            async with http.get(url) as answer:
                await answer.read()
            looks.append(1000 * (time.perf_counter() - start))
            await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        return looks or [1000 * (time.perf_counter() - start)]
