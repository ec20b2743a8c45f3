"""Where the time of a turn goes, as the assistant is and as Rasa has it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.serving import loads, queue_stages, systems
from benchmarks.serving.measures import exponent
from benchmarks.serving.phrases import problems
from benchmarks.serving.processes import Command, Running
from benchmarks.serving.serving import Effort
from benchmarks.serving.systems import ENVIRONMENTS, System

# Within `action`; the rest of it is making the call and reading its events.
WITHIN_ACTION = ("action server", "check of the result")


def measure(model: Path, effort: Effort) -> dict[str, Any]:
    """Return the median milliseconds of each stage, and of turns of a long conversation."""
    found: dict[str, Any] = {way: _way(model, effort, way == "plain") for way in ("plain", "now")}
    return {**found, "gateway": queue_stages.measure(model, effort.turns)}


def _way(model: Path, effort: Effort, plain: bool) -> dict[str, Any]:
    system, file = _profiled(model, plain)
    said = problems()
    with Running(system.commands, file.parent) as processes:
        processes.settle()
        asyncio.run(loads.closed(system.direct, lambda n: system.script(n, said), 1, 30))
        file.write_text("")
        asyncio.run(loads.closed(system.direct, lambda n: system.script(n, said), 1, effort.turns))
        stages = summed(file.read_text().splitlines())
        waits = asyncio.run(loads.session(system.direct, system.script(0, said), effort.session))
    marks = [mark for mark in (50, 100, 200, 500, 1000) if mark <= effort.session]
    long = {mark: round(median(waits[mark - 20 : mark]), 1) for mark in marks}
    growth = exponent(marks, [long[mark] for mark in marks])
    return {"stages": stages, "session_ms_at": long, "session_exponent": growth}


def summed(lines: list[str]) -> dict[str, float]:
    """Return the median of each stage, and what is left of a turn outside all of them."""
    turns = [json.loads(line) for line in lines]
    names = sorted({name for turn in turns for name in turn})
    found = {name: round(median(turn.get(name, 0.0) for turn in turns), 2) for name in names}
    parts = [ms for name, ms in found.items() if name not in ("turn", *WITHIN_ACTION)]
    found["rest of Rasa"] = round(found["turn"] - sum(parts), 2)
    return found


def _profiled(model: Path, plain: bool) -> tuple[System, Path]:
    """Return our system, its Rasa with timers."""
    system = systems.make("ours", model, "plain" if plain else "stages")
    file = system.database.with_name("stages.jsonl")
    more = {"OMNI_BENCH_STAGES": str(file), "OMNI_BENCH_PLAIN": "1" if plain else "0"}
    commands = [_timed(one, more) if one.name == "rasa" else one for one in system.commands]
    return replace(system, commands=commands), file


def _timed(command: Command, more: dict[str, str]) -> Command:
    python = [str(ENVIRONMENTS["ours"] / "python"), "-m", "benchmarks.serving.profiled_rasa"]
    environment = {**command.environment, **more}
    return replace(command, words=[*python, *command.words[1:]], environment=environment)
