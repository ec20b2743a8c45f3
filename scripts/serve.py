"""Runs the gateway and the workers behind it until one ends: `python -m scripts.serve`.

Ports that are taken are named before anything starts; the page's address is printed once all
answer; when a process dies, the rest are stopped and the reason is the last line. An activated
bundle is taken while everything runs: see serving/supervisor.py.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time

import httpx

from gateway.settings import Settings
from release.settings import ROOT, ReleaseSettings
from release.shelf import Shelf
from release.wording import Refused
from serving.process import Child
from serving.supervisor import Supervisor

# Where to reach a server that listens on every address.
NEAR = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (no binding)
FROM_FOLDER = os.environ.get("OMNI_SERVE_FROM") == "folder"
READY_SECONDS = 180.0


def main() -> int:
    """Run everything; return 0 after Ctrl-C, 1 where something could not start or died."""
    try:
        web, settings = Settings.from_env(), ReleaseSettings.from_env()
        shelf = Shelf(settings)
        ports = {"gateway": web.port}
        if FROM_FOLDER or not shelf.read().stack:
            ports |= {"rasa": 5005, "actions": 5055}
        if taken := [f"{name}: port {port}" for name, port in ports.items() if _taken(port)]:
            print(
                f"Already in use: {', '.join(taken)}. Stop what runs there first.", file=sys.stderr
            )
            return 1
        return asyncio.run(_run(web, settings, shelf))
    except (Refused, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


async def _run(web: Settings, settings: ReleaseSettings, shelf: Shelf) -> int:
    supervisor = Supervisor(settings, shelf, web.pace.turn, FROM_FOLDER)
    watched = {"OMNI_WORKERS_FILE": str(settings.workers_file)}
    gateway = Child("gateway", [sys.executable, "-m", "gateway"], ROOT, watched)
    stopped = _signals()
    tasks = []
    try:
        await supervisor.start()
        await gateway.start()
        tasks = [asyncio.create_task(work) for work in (supervisor.watch(), _ended(gateway))]
        tasks.append(asyncio.create_task(stopped.wait()))  # type: ignore[arg-type]
        announcing = asyncio.create_task(_announce(_page(web)))
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        announcing.cancel()
        return 0 if stopped.is_set() else _verdict(done.pop().result())
    finally:
        for task in tasks:
            task.cancel()
        await gateway.stop()
        await supervisor.stop()


def _signals() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


async def _ended(child: Child) -> Child:
    while child.code is None:
        await asyncio.sleep(0.2)
    return child


def _verdict(child: Child) -> int:
    """Say which process ended by itself, with its exit code."""
    print(
        f"{child.name} stopped (rc={child.code}), so the rest were stopped: "
        "its last lines above say why.",
        file=sys.stderr,
    )
    return 1


def _page(web: Settings) -> str:
    host = NEAR.get(web.host, web.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{web.port}/"


async def _announce(page: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    async with httpx.AsyncClient(timeout=5, trust_env=False) as http:
        while (waiting := await _waiting(http, page)) and time.monotonic() < deadline:
            await asyncio.sleep(0.5)
    if waiting:
        print(f"Still not answering: {', '.join(waiting)}.", file=sys.stderr, flush=True)
    else:
        print(f"\nReady: {page}\n", flush=True)


async def _waiting(http: httpx.AsyncClient, page: str) -> list[str]:
    """Return what is not up yet, as the gateway names it; the gateway where it does not answer."""
    try:
        found = (await http.get(f"{page}readyz")).json()
    except (httpx.HTTPError, ValueError):
        return ["gateway"]
    return [name for name, up in found.items() if up is False]


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
