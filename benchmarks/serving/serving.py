"""What is measured of each system while it serves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.serving import fallbacks, loads, systems
from benchmarks.serving.lengthening import lengthen
from benchmarks.serving.measures import middle
from benchmarks.serving.phrases import problems
from benchmarks.serving.processes import Running
from benchmarks.serving.systems import System

PEOPLE = (1, 8, 32)
RATES = (4, 8, 16, 24, 32, 48, 64, 96, 112, 128, 144, 176, 208)
TRIES = 2
BURST = 300
LONG_TEXT = "o relatório não abre " * 952  # 20,000 characters
Figures = dict[str, Any]


@dataclass(frozen=True)
class Effort:
    """How long each figure is measured."""

    starts: int = 3
    rounds: int = 3
    turns: int = 150
    seconds: float = 8.0
    session: int = 1000


QUICK = Effort(starts=1, rounds=1, turns=60, seconds=5.0, session=200)


def measure(name: str, model: Path, effort: Effort) -> Figures:
    """Return all figures of one system."""
    starts = [cold_start(name, model) for _ in range(effort.starts)]
    found: Figures = {"cold_start": {"seconds": middle(starts, "seconds"), "runs": starts}}
    with running(name, model, "load") as (system, processes):
        processes.settle()
        found["memory"] = {"at_rest": _rounded(processes.memory())}
        talk = Talk(system)
        asyncio.run(loads.closed(system.make, talk.script, 4, 40))
        found["latency"] = talk.latency(effort)
        if name == "ours":
            found["gateway_adds"] = talk.gateway_adds(effort)
        found["processor_ms_a_turn"] = talk.processor(processes, effort)
        found["steady"] = talk.steady(effort.seconds)
        found["burst"] = asyncio.run(loads.burst(system.make, talk.script, BURST, system.health))
        found["memory"]["after_load"] = _rounded(processes.memory())
        found["long_message"] = talk.long_message(processes)
        found["memory"]["after_long_message"] = _rounded(processes.memory())
    if name != "ours":
        found["fallback_share"] = fallbacks.share(system.database)
    with running(name, model, "session") as (system, processes):
        processes.settle()
        found["session"] = Talk(system).session(effort.session)
    return found


def cold_start(name: str, model: Path) -> Figures:
    """Start everything; return the seconds until the first message was answered."""
    start = time.perf_counter()
    with running(name, model, "start") as (system, _):
        waits = asyncio.run(loads.session(system.make, system.script(0, problems()), 1))
        return {"seconds": round(time.perf_counter() - start, 2), "first_ms": round(waits[0], 1)}


@contextmanager
def running(name: str, model: Path, run: str) -> Iterator[tuple[System, Running]]:
    """Start a system on empty databases, and stop it at the end."""
    system = systems.make(name, model, run)
    with Running(system.commands, systems.FOLDER / "runs" / f"{name}-{run}") as processes:
        yield system, processes


class Talk:
    """People who talk to a running system."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._said = problems()

    def script(self, number: int) -> list[str]:
        """Return what one person says."""
        return self._system.script(number, self._said)

    def latency(self, effort: Effort) -> Figures:
        """Return percentiles by how many talk at once, medians over rounds."""
        rounds: dict[int, list[Figures]] = {people: [] for people in PEOPLE}
        for _ in range(effort.rounds):
            for people in PEOPLE:
                turns = max(effort.turns, 4 * people)
                one = asyncio.run(loads.closed(self._system.make, self.script, people, turns))
                rounds[people].append(one)
        names = ("p50", "p95", "p99", "per_second", "failed")
        return {
            str(people): {name: middle(found, name) for name in names}
            for people, found in rounds.items()
        }

    def gateway_adds(self, effort: Effort) -> Figures:
        """Return the median of one person's turn with and without the gateway, in turns."""
        doors = {"through": self._system.make, "direct": self._system.direct}
        found: dict[str, list[float]] = {door: [] for door in doors}
        for _ in range(2 * effort.rounds):
            for door, make in doors.items():
                one = asyncio.run(loads.closed(make, self.script, 1, max(60, effort.turns // 3)))
                found[door].append(one["p50"])
        through, direct = (round(median(found[door]), 1) for door in doors)
        return {"through": through, "direct": direct, "adds": round(through - direct, 1)}

    def processor(self, processes: Running, effort: Effort) -> Figures:
        """Return the milliseconds of processor that each process needs for a turn."""
        before = processes.cpu()
        done = asyncio.run(loads.closed(self._system.make, self.script, 4, effort.turns))
        after = processes.cpu()
        return {name: round(1000 * (after[name] - before[name]) / done["n"], 1) for name in after}

    def steady(self, seconds: float) -> Figures:
        """Return the highest rate that is held, and what was seen at each that was tried."""
        tried: list[Figures] = []
        held, lost = 0.0, None
        for rate in RATES:
            if not self._holds(rate, seconds, tried):
                lost = float(rate)
                break
            held = float(rate)
        while lost and lost - held > max(1.0, 0.13 * held):
            between = round((held + lost) / 2, 1)
            if self._holds(between, seconds, tried):
                held = between
            else:
                lost = between
        return {"highest": held, "tried": sorted(tried, key=lambda one: one["rate"])}

    def long_message(self, processes: Running) -> Figures:
        """Return what 20,000 characters do to their sender, to somebody else and to memory."""
        before = sum(processes.memory().values())
        found = asyncio.run(loads.long_message(self._system.make, LONG_TEXT, self.script(0)[0]))
        return {**found, "more_mb": round(sum(processes.memory().values()) - before, 1)}

    def session(self, turns: int) -> Figures:
        """Return the median of a turn by how many came before in the same conversation."""
        texts = self.script(0)
        if self._system.name == "ours":
            waits = asyncio.run(loads.session(self._system.make, texts, turns))
            marks = [m for m in (10, 50, 100, 200, 500, 1000) if m <= turns]
            found = {mark: median(waits[max(0, mark - 20) : mark]) for mark in marks}
        else:
            found = asyncio.run(self._long_session(texts, turns))
        return {"ms_at": {str(size): round(ms, 1) for size, ms in found.items()}}

    async def _long_session(self, texts: list[str], turns: int) -> dict[int, float]:
        """Say some, and put the rest into the store between turns."""
        found: dict[int, float] = {}
        async with loads.client() as http:
            talker, said = self._system.make(http), 0
            for mark in (10, 50, 100, 200, 500, 1000):
                if mark > turns:
                    break
                if said:
                    await asyncio.to_thread(lengthen, self._system.database, round(mark / said))
                waits = [(await loads.timed(talker, texts[n % len(texts)]))[0] for n in range(10)]
                found[mark], said = median(waits[-5:]), mark
        return found

    def _holds(self, rate: float, seconds: float, tried: list[Figures]) -> bool:
        """Whether a rate is held, at the second try if not at the first: machines hiccup."""
        return any(self._held(rate, seconds, tried) for _ in range(TRIES))

    def _held(self, rate: float, seconds: float, tried: list[Figures]) -> bool:
        one = asyncio.run(loads.constant(self._system.make, self.script, rate, seconds))
        tried.append(one)
        in_time = one["n"] > 0 and one["p95"] <= loads.STEADY_MS
        return bool(in_time and not one["failed"] and one["per_second"] >= 0.9 * rate)


def _rounded(megabytes: dict[str, float]) -> Figures:
    found = {name: round(value) for name, value in megabytes.items()}
    return {**found, "all": sum(found.values())}
