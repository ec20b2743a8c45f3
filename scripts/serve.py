"""Runs the processes of the Procfile with Honcho until one ends: `python -m scripts.serve`.

Ports that are taken are named before anything starts; the page's address is printed once all
answer; when one process dies, the rest are stopped and the reason is the last line.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
from pathlib import Path

import httpx
from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Message, Printer

ROOT = Path(__file__).resolve().parent.parent
HOST = os.environ.get("OMNI_HOST", "127.0.0.1")
# Where to reach a server that listens on every address.
NEAR = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(HOST, HOST)  # noqa: S104 (no binding)
PAGE_PORT = int(os.environ.get("OMNI_PORT", "8080"))
PAGE = f"http://{f'[{NEAR}]' if ':' in NEAR else NEAR}:{PAGE_PORT}/"
PORTS = {"rasa": 5005, "actions": 5055, "gateway": PAGE_PORT}
READY_WITHIN = 180.0


class FirstToStop(Printer):
    """Prints what Honcho prints, and keeps which process stopped first."""

    first = ""

    def write(self, message: Message) -> None:
        """Print one message."""
        text = message.data.decode(errors="replace") if isinstance(message.data, bytes) else ""
        text = text or str(message.data)
        if message.name == "system" and "stopped" in text and not self.first:
            self.first = text.strip()
        super().write(message)


def main() -> int:
    """Run everything; return 0 after Ctrl-C, 1 where something could not start or died."""
    logging.basicConfig(level=logging.WARNING)
    if taken := [f"{name}: port {port}" for name, port in PORTS.items() if _taken(port)]:
        print(f"Already in use: {', '.join(taken)}. Stop what runs there first.", file=sys.stderr)
        return 1
    printer = FirstToStop(sys.stdout)
    manager = Manager(printer)
    processes = parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8")).processes
    for name, command in processes.items():
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        manager.add_process(name, command, quiet=False, env=environment, cwd=str(ROOT))
    threading.Thread(target=_announce, daemon=True).start()
    manager.loop()
    return _verdict(manager.returncode or 0, printer.first)


def _verdict(code: int, first: str) -> int:
    """Say which process ended by itself, with its exit code; Ctrl-C is no failure."""
    if code in (0, 130, -2):
        return 0
    print(f"{first}, so the rest were stopped: its last lines above say why.", file=sys.stderr)
    return 1


def _announce() -> None:
    deadline = time.monotonic() + READY_WITHIN
    while (waiting := _waiting()) and time.monotonic() < deadline:
        time.sleep(0.5)
    if waiting:
        print(f"Still not answering: {', '.join(waiting)}.", file=sys.stderr, flush=True)
    else:
        print(f"\nReady: {PAGE}\n", flush=True)


def _waiting() -> list[str]:
    """Return what is not up yet, as the gateway names it; the gateway where it does not answer."""
    try:
        found = httpx.get(f"{PAGE}readyz", timeout=5, trust_env=False).json()
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
