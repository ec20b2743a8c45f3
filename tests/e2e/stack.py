"""Rasa, the action server and the gateway as real processes on ports of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
RASA_ENV = ROOT / ".venv" / "bin"
START_SECONDS = 120


class Stack:
    """Starts, kills and restarts the three processes; their logs lie in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: _free_port() for name in ("rasa", "actions", "gateway")}
        self.url = f"http://127.0.0.1:{self.ports['gateway']}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._write_endpoints()

    def start(self) -> None:
        """Start all three and wait until all answer."""
        for name in self.ports:
            self.begin(name)
        for name in self.ports:
            self.wait(name)

    def begin(self, name: str) -> None:
        """Start one process."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                self._command(name), cwd=ROOT, env=self._environment(), stdout=log, stderr=log
            )

    def wait(self, name: str) -> None:
        """Wait until one answers; fail with the end of its log where it does not."""
        path = {"rasa": "/", "actions": "/health", "gateway": "/healthz"}[name]
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._processes[name].poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{self.ports[name]}{path}").status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.3)
        raise RuntimeError(f"{name} did not start:\n{self.log(name)[-2000:]}")

    def log(self, name: str) -> str:
        """Return everything that one process has printed."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def kill(self, name: str) -> None:
        """Kill one as the kernel would."""
        self._processes[name].send_signal(signal.SIGKILL)
        self._processes[name].wait(10)

    def stop(self) -> None:
        """Stop all that still run."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait(20)

    def listening_elsewhere(self) -> list[str]:
        """Return the addresses other than loopback on which one of our ports listens."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ours = {f"{port:04X}" for port in self.ports.values()}
        listening = [row[1].split(":") for row in rows if row[3] == "0A"]
        return [host for host, port in listening if port in ours and host != "0100007F"]

    def _command(self, name: str) -> list[str]:
        port = str(self.ports[name])
        endpoints = str(self.folder / "endpoints.yml")
        rasa = [str(RASA_ENV / "rasa"), "run", "--model", "models/omni.tar.gz", "--port", port]
        actions = [str(RASA_ENV / "python"), "-m", "rasa_sdk", "--actions", "actions"]
        return {
            "rasa": [*rasa, "--interface", "127.0.0.1", "--endpoints", endpoints],
            "actions": [*actions, "--port", port],
            "gateway": [sys.executable, "-m", "gateway"],
        }[name]

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "OMNI_PORT": str(self.ports["gateway"]),
            "OMNI_RASA_URL": f"http://127.0.0.1:{self.ports['rasa']}",
            "OMNI_ACTIONS_URL": f"http://127.0.0.1:{self.ports['actions']}",
            "OMNI_GATEWAY_DB": f"sqlite+aiosqlite:///{self.folder / 'gateway.db'}",
            "OMNI_CASES_URL": f"sqlite:///{self.folder / 'cases.db'}",
            "OMNI_SECRET": "um segredo só para os testes de ponta a ponta",
        }

    def _write_endpoints(self) -> None:
        (self.folder / "endpoints.yml").write_text(
            f"action_endpoint:\n  url: http://127.0.0.1:{self.ports['actions']}/webhook\n"
            f"tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: {self.folder / 'tracker.db'}\n"
        )


class Visitor:
    """Someone who talks to the assistant through the gateway's public API."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=20)
        token = self.http.post("/sessions").json()["token"]
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.messages: list[dict[str, Any]] = []

    def post(self, content: bytes) -> httpx.Response:
        """Send a body as it is."""
        headers = {"Content-Type": "application/json"}
        return self.http.post("/messages", content=content, headers=headers)

    def say(self, text: str) -> list[dict[str, Any]]:
        """Send a text and keep the answers."""
        return self._send(text=text)

    def choose(self, label: str) -> list[dict[str, Any]]:
        """Press the newest choice of that label."""
        choices = {c["label"]: c["id"] for m in self.messages for c in m.get("choices", [])}
        return self._send(choice=choices[label])

    def labels(self) -> list[str]:
        """Return what can be chosen after the last turn, the primary choices first."""
        return [c["label"] for m in self.messages for c in m.get("choices", [])]

    def case(self) -> int:
        """Return the number of the case that the last turn opened, or 0."""
        return next((m["case"] for m in self.messages if m.get("case")), 0)

    def _send(self, **body: str) -> list[dict[str, Any]]:
        response = self.http.post("/messages", json={"id": str(uuid.uuid4()), **body})
        assert response.status_code == 200, response.text
        self.messages = response.json()["messages"]
        return self.messages


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
