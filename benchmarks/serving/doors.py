"""What the gateway adds to a turn: its door and Rasa's own, asked in turns within one run.

Beside them a door of the same frameworks that keeps nothing (`bare.py`): what is left of it is the
floor of any gateway made of them.

`python -m benchmarks.serving.doors --against FOLDER` puts the gateway of another checkout beside
ours, before the same Rasa, so that whatever else the machine does meets both alike.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp

from assistant.settings import ROOT
from benchmarks.serving import loads, systems
from benchmarks.serving.measures import percentiles
from benchmarks.serving.phrases import problems
from benchmarks.serving.processes import Command, Running
from benchmarks.serving.systems import System
from benchmarks.serving.talkers import GatewayTalker, Talker, timed
from serving.ports import free_port

Doors = dict[str, Callable[[aiohttp.ClientSession], Talker]]
WARM = 5
# Conversations of five turns.
FEW, MANY = 12, 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the figures as JSON."""
    options = _parser().parse_args(arguments)
    print(json.dumps(measure(options.model, options.scripts, options.against), indent=1))
    return 0


def measure(model: Path, scripts: int, against: Path | None = None) -> dict[str, Any]:
    """Return medians by door, what each gateway adds, and the processor that it needs."""
    system = systems.make("ours", model, "doors")
    commands, doors = list(system.commands), {"direct": system.direct, "ours": system.make}
    others = {"bare": _bare(system)} | ({"against": _other(system, against)} if against else {})
    for name, (command, make) in others.items():
        commands.append(command)
        doors[name] = make
    with Running(commands, system.database.parent) as processes:
        processes.settle()
        asyncio.run(talk(doors, system, WARM))
        before, load = processes.cpu(), os.getloadavg()[0]
        waits = asyncio.run(talk(doors, system, scripts))
        used = {name: spent - before[name] for name, spent in processes.cpu().items()}
    turns = len(waits["direct"])
    return {
        "turns": turns,
        "load": round(load, 1),
        "doors": {door: percentiles(found) for door, found in waits.items()},
        "adds": {door: _adds(waits, door) for door in waits if door != "direct"},
        "processor_ms_a_turn": {
            name: round(1000 * spent / turns, 1) for name, spent in used.items()
        },
        "commit_ms": _commit(system.database.parent),
    }


async def talk(doors: Doors, system: System, scripts: int) -> dict[str, list[float]]:
    """Let one person at each door say the same, one door after the other at every text."""
    waits: dict[str, list[float]] = defaultdict(list)
    said = problems()
    async with loads.client() as http:
        for number in range(scripts):
            talkers = {door: make(http) for door, make in doors.items()}
            await asyncio.gather(*(talker.open() for talker in talkers.values()))
            for text in system.script(number, said):
                for door in random.sample(list(doors), len(doors)):
                    milliseconds, status = await timed(talkers[door], text)
                    assert status == 200, f"{door}: {status}"
                    waits[door].append(milliseconds)
            await asyncio.gather(*(talker.close() for talker in talkers.values()))
    return waits


def _adds(waits: dict[str, list[float]], door: str) -> float:
    """Return the median of the differences between turns that said the same."""
    pairs = zip(waits[door], waits["direct"], strict=True)
    return round(median(through - direct for through, direct in pairs), 1)


def _bare(system: System) -> tuple[Command, Callable[..., Talker]]:
    """Return how the door that keeps nothing is started before the same Rasa, and its door."""
    url = f"http://127.0.0.1:{free_port()}"
    environment = {"OMNI_RASA_URL": system.rasa, "OMNI_PORT": url.rpartition(":")[2]}
    words = [str(systems.GATEWAY), "-m", "benchmarks.serving.bare"]
    command = Command("bare", words, f"{url}/readyz", ROOT, environment)
    return command, lambda http: GatewayTalker(http, url)


def _other(system: System, folder: Path) -> tuple[Command, Callable[..., Talker]]:
    """Return how the gateway of another checkout is started before the same Rasa, and its door."""
    ours = next(one for one in system.commands if one.name == "gateway")
    url, files = f"http://127.0.0.1:{free_port()}", system.database.parent
    environment = {
        **ours.environment,
        "PYTHONPATH": str(folder),
        "OMNI_PORT": url.rpartition(":")[2],
        "OMNI_GATEWAY_DB": f"sqlite+aiosqlite:///{files / 'against.db'}",
        "OMNI_CASES_URL": f"sqlite:///{files / 'against-cases.db'}",
        "OMNI_ERASURES_DB": f"sqlite+aiosqlite:///{files / 'against-erasures.db'}",
    }
    words = [str(folder / ".venv-gateway/bin/python"), *ours.words[1:]]
    command = replace(
        ours,
        name="against",
        words=words,
        folder=folder,
        environment=environment,
        ready=f"{url}/readyz",
    )
    return command, lambda http: GatewayTalker(http, url)


def _commit(folder: Path, times: int = 100) -> float:
    """Return the median milliseconds that a page takes to reach this disk."""
    waits, path = [], folder / "commit.tmp"
    with path.open("wb", buffering=0) as file:
        for number in range(times):
            os.pwrite(file.fileno(), b"x" * 4096, 4096 * (number % 16))
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            waits.append(1000 * (time.perf_counter() - start))
    path.unlink()
    return round(median(waits), 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving.doors", description=__doc__)
    parser.add_argument("--model", type=Path, default=ROOT / "models/omni.tar.gz")
    parser.add_argument("--scripts", type=int, default=MANY, help="conversations of five turns")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="another checkout")
    return parser


if __name__ == "__main__":
    sys.exit(main())
