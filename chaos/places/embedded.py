"""Rasa, the action server and the gateway as real processes on ports of their own."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx

from chaos.places.limits import lifted
from chaos.places.sockets import listening_elsewhere
from chaos.talk.place import Span
from scripts.cluster.process import tree
from serving.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
RASA_ENV = ROOT / ".venv" / "bin"
START_SECONDS = 240
READY = {"rasa": "/webhooks/gateway/", "actions": "/health", "gateway": "/healthz"}


class Stack:
    """Starts, kills and restarts the three processes; their logs and databases lie in `folder`.

    `up`: when each process answered, as (from, to) by time.monotonic(), without kills' moments;
    the last one may be open (None).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in READY}
        self.url = f"http://127.0.0.1:{self.ports['gateway']}"
        # Settings besides, for processes that start from now on.
        self.settings: dict[str, str] = {}
        self.up: dict[str, list[Span]] = {name: [] for name in READY}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._http = httpx.Client(timeout=5)
        self._write_endpoints()

    def start(self) -> None:
        """Start all that do not run and wait until all answer."""
        for name in READY:
            if not self.runs(name):
                self.begin(name)
        for name in READY:
            self.wait(name)

    def begin(self, name: str) -> None:
        """Start one process."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                self._command(name), cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def runs(self, name: str) -> bool:
        """Whether there is such a process."""
        return name in self._processes and self._processes[name].poll() is None

    def is_up(self, name: str) -> bool:
        """Whether it has answered since it was started last."""
        return bool(self.up[name]) and self.up[name][-1][1] is None

    def wait(self, name: str) -> None:
        """Wait until one answers; fail with the end of its log where it does not."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.runs(name):
            if self._answers(name):
                self._came(name)
                return
            time.sleep(0.1)
        raise RuntimeError(f"{name} did not start:\n{self.log(name)[-2000:]}")

    def kill(self, name: str) -> None:
        """Kill one as the kernel would."""
        self._left(name)
        self._processes[name].send_signal(signal.SIGKILL)
        self._processes[name].wait(10)

    def end(self, name: str, seconds: float) -> float:
        """Stop one as an init system would; return the seconds that took, `seconds` at most."""
        started = time.monotonic()
        self._left(name)
        self._processes[name].terminate()
        self._processes[name].wait(seconds)
        return time.monotonic() - started

    def stop(self) -> None:
        """Stop all that still run; fail where one had to be killed, once none runs any more."""
        for process in self._processes.values():
            process.terminate()
        late = [name for name, process in self._processes.items() if not ended(process, 20)]
        self._http.close()
        assert not late, f"had to be killed: {', '.join(late)}"

    def log(self, name: str) -> str:
        """Return everything that one process has printed."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Return its log lines (what is printed before logging is set up is none)."""
        return [json.loads(line) for line in self.log(name).splitlines() if line.startswith("{")]

    def sql(self, database: str, query: str, *values: Any) -> list[Any]:
        """Ask one of the databases: gateway, tracker or cases."""
        with closing(sqlite3.connect(self.folder / f"{database}.db", timeout=10)) as db:
            return db.execute(query, values).fetchall()

    def listening_elsewhere(self) -> list[str]:
        """Return the addresses other than loopback on which one of the processes listens."""
        pids = (pid for process in self._processes.values() for pid in tree(process.pid))
        return listening_elsewhere(pids, len(READY))

    def _answers(self, name: str) -> bool:
        url = f"http://127.0.0.1:{self.ports[name]}{READY[name]}"
        try:
            return self._http.get(url).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def _came(self, name: str) -> None:
        if not self.is_up(name):
            self.up[name].append((time.monotonic(), None))

    def _left(self, name: str) -> None:
        if self.is_up(name):
            self.up[name][-1] = (self.up[name][-1][0], time.monotonic())

    def _command(self, name: str) -> list[str]:
        port = str(self.ports[name])
        endpoints = str(self.folder / "endpoints.yml")
        rasa = [str(RASA_ENV / "rasa"), "run", "--model", "models/omni.tar.gz", "--port", port]
        actions = [str(RASA_ENV / "python"), "-W", "ignore", "-m", "rasa_sdk"]
        own = ["--actions", "actions", "--logging-config_file", "logging.yml"]
        return {
            "rasa": [*rasa, "--interface", "127.0.0.1", "--endpoints", endpoints],
            "actions": [*actions, *own, "--port", port],
            "gateway": [sys.executable, "-m", "gateway"],
        }[name]

    @property
    def environment(self) -> dict[str, str]:
        """What the processes are started with."""
        return os.environ | {
            "OMNI_PORT": str(self.ports["gateway"]),
            "OMNI_RASA_URL": f"http://127.0.0.1:{self.ports['rasa']}",
            "OMNI_ACTIONS_URL": f"http://127.0.0.1:{self.ports['actions']}",
            "OMNI_GATEWAY_DB": f"sqlite+aiosqlite:///{self.folder / 'gateway.db'}",
            "OMNI_CASES_URL": f"sqlite:///{self.folder / 'cases.db'}",
            "OMNI_SECRET": "um segredo só para os testes de ponta a ponta",
            "OMNI_LOGS": "json",
            **lifted(),
            **self.settings,
        }

    def _write_endpoints(self) -> None:
        (self.folder / "endpoints.yml").write_text(
            f"action_endpoint:\n  url: http://127.0.0.1:{self.ports['actions']}/webhook\n"
            "tracker_store:\n  type: rasa_components.stores.tracker.StrictTrackerStore\n"
            f"  db: {self.folder / 'tracker.db'}\n"
        )


def ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether a process ends by itself within some seconds; it is killed, with its own, if not."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        for pid in tree(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(10)
        return False
    return True
