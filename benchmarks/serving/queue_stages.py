"""Where the time of a turn goes between the POST and the stream, around Rasa's call."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.serving import loads, systems
from benchmarks.serving.phrases import problems
from benchmarks.serving.processes import Running
from benchmarks.serving.systems import System
from benchmarks.serving.talkers import GatewayTalker

Moments = dict[str, float]
WARM = 30
# Stages by the moments between which they lie; the last two are sums, not parts.
STAGES = {
    "POST until the inbox has it (HTTP, token, limits)": ("sent", "received"),
    "stored and claimed": ("received", "claimed"),
    "until Rasa is asked (commit, task)": ("claimed", "asked"),
    "Rasa's call": ("asked", "answered"),
    "settled and stored": ("answered", "stored"),
    "until it came by the stream": ("stored", "heard"),
    "whole turn": ("sent", "heard"),
    "POST to 202, beside Rasa's call": ("sent", "accepted"),
}


def measure(model: Path, turns: int) -> dict[str, float]:
    """Return the median milliseconds of each stage of one person's turns."""
    system, file = _profiled(model)
    with Running(system.commands, file.parent) as processes:
        processes.settle()
        asyncio.run(talk(system, WARM))
        file.write_text("")
        said = asyncio.run(talk(system, turns))
    return chained([json.loads(line) for line in file.read_text().splitlines()], said)


async def talk(system: System, turns: int) -> list[Moments]:
    """Let one person talk; return when each text was sent, accepted and answered."""
    found: list[Moments] = []
    said = problems()
    async with loads.client() as http:
        while len(found) < turns:
            talker = system.make(http)
            assert isinstance(talker, GatewayTalker)
            await talker.open()
            for text in system.script(len(found), said):
                sent = time.perf_counter()
                assert await talker.say(text) == 200, text
                heard = time.perf_counter()
                found.append({"sent": sent, "accepted": talker.accepted, "heard": heard})
            await talker.close()
    return found


def chained(inside: Sequence[Moments], outside: Sequence[Moments]) -> dict[str, float]:
    """Return the median milliseconds of each stage; both saw the same turns, in order."""
    turns = [{**one, **other} for one, other in zip(inside, outside, strict=True)]
    return {
        stage: round(1000 * median(turn[end] - turn[begin] for turn in turns), 2)
        for stage, (begin, end) in STAGES.items()
    }


def _profiled(model: Path) -> tuple[System, Path]:
    """Return our system, its gateway with the moments taken down."""
    system = systems.make("ours", model, "moments")
    file = system.database.with_name("moments.jsonl")
    commands = [
        replace(
            one,
            words=[one.words[0], "-m", "benchmarks.serving.profiled_gateway"],
            environment={**one.environment, "OMNI_BENCH_MOMENTS": str(file)},
        )
        if one.name == "gateway"
        else one
        for one in system.commands
    ]
    return replace(system, commands=commands), file
