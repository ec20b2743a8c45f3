"""One or two of each server: `make cluster`, with PostgreSQL, Redis and nginx, under load."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from assistant.settings import ROOT
from benchmarks.serving import loads, systems
from benchmarks.serving.phrases import guided, problems
from benchmarks.serving.processes import Command, Running
from benchmarks.serving.talkers import GatewayTalker
from serving.ports import free_port

REPLICAS = (1, 2)
PEOPLE = (1, 8, 32)
TURNS, WARM_UP = 240, 80
START_SECONDS = 240.0


def measure(turns: int = TURNS) -> dict[str, Any]:
    """Return latency, turns a second and memory, by how many there are of each server."""
    return {"sizes": {str(number): _size(number, turns) for number in REPLICAS}}


def _size(number: int, turns: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with _cluster(number) as (url, processes):
        talk = partial(_talk, url)
        talk(4, WARM_UP)
        for people in PEOPLE:
            one = talk(people, turns)
            found[f"p50_ms_{people}"] = one["p50"]
            found[f"per_second_{people}"] = one["per_second"]
            found[f"failed_{people}"] = one["failed"]
        found["memory_mb"] = round(processes.memory()["cluster"])
    return found


def _talk(url: str, people: int, turns: int) -> dict[str, Any]:
    return asyncio.run(loads.closed(partial(GatewayTalker, url=url), _script, people, turns))


def _script(number: int) -> list[str]:
    return guided(number, problems())


@contextmanager
def _cluster(replicas: int) -> Iterator[tuple[str, Running]]:
    port, logs = free_port(), systems.FOLDER / "runs" / f"cluster-{replicas}"
    folder = Path(tempfile.mkdtemp(prefix="omni-bench-"))
    folder.chmod(0o755)  # PostgreSQL's own user passes through
    environment = {
        "OMNI_PORT": str(port),
        "OMNI_CLUSTER_DIR": str(folder),
        "OMNI_CLUSTER_REPLICAS": str(replicas),
        "OMNI_NGINX_RATE": "1000r/s",
        "OMNI_NGINX_BURST": "1000",
        **systems.UNLIMITED,
    }
    url = f"http://127.0.0.1:{port}"
    words = [str(systems.GATEWAY), "-m", "scripts.cluster"]
    command = Command("cluster", words, f"{url}/healthz", ROOT, environment)
    try:
        with Running([command], logs) as processes:
            _until_ready(logs / "cluster.log")
            yield url, processes
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _until_ready(log: Path) -> None:
    """nginx answers before all behind it do; raise RuntimeError where they never do."""
    end = time.monotonic() + START_SECONDS
    while "Ready:" not in log.read_text(errors="replace"):
        if time.monotonic() > end:
            raise RuntimeError(f"the cluster is not ready: {log}")
        time.sleep(0.1)
