"""Runs the tasks, ours alone or beside the peers, and keeps what the peers' last run gave."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.nlu import ours, peers, retrieving
from benchmarks.nlu.judging import judge
from benchmarks.nlu.tasks import TASKS

PEERS = Path(__file__).with_name("peers.json")
# A peer that starts from other random weights each time is trained so often on the smallest sets.
REPEATS = {"askubuntu": 3, "chatbot": 3, "webapplications": 3}
PORTUGUESE = {"tais"}


def run(folder: Path, names: Iterable[str]) -> dict[str, Any]:
    """Return our figures by task, and where and when they were measured."""
    tasks: dict[str, Any] = {}
    for name in names:
        print(f"{name} ...", flush=True)
        if name in TASKS:
            tasks[name] = asdict(judge(TASKS[name](folder), ours.learn))
        else:
            figures = retrieving.measure(folder, retrieving.SHARES[name])
            tasks[name] = {"figures": {key: asdict(value) for key, value in figures.items()}}
    return {"date": date.today().isoformat(), "machine": machine(), "tasks": tasks}


def run_peers(folder: Path, names: Iterable[str]) -> None:
    """Train every system through Rasa on the tasks; each task is kept as soon as it is done."""
    peers.prepare()
    peers.learner("rasa-logistic", "en")([("warm up", "a"), ("once", "b")] * 2)
    for name in (name for name in names if name in TASKS):
        splits = TASKS[name](folder) * REPEATS.get(name, 1)
        language = "pt" if name in PORTUGUESE else "en"
        systems = {}
        for system in peers.PIPELINES:
            print(f"{name}: {system} ...", flush=True)
            systems[system] = asdict(judge(splits, peers.learner(system, language)))
        _keep(name, {"date": date.today().isoformat(), "machine": machine(), "systems": systems})


def read_peers() -> dict[str, Any]:
    """Return what the last run with peers gave, by task; empty where there was none."""
    return json.loads(PEERS.read_text(encoding="utf-8")) if PEERS.exists() else {}


def _keep(name: str, found: dict[str, Any]) -> None:
    kept = {**read_peers(), name: found}
    in_order = {task: kept[task] for task in TASKS if task in kept}
    PEERS.write_text(json.dumps(in_order, indent=1) + "\n", encoding="utf-8")


def machine() -> str:
    """Return what the times depend on: processor, cores, Python."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    processor = models[0] if models else platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}"
