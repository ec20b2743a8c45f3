"""Rasa and an action server as processes of their own, with the strict store and JSON logs."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from assistant.settings import ROOT
from serving.ports import free_port

START_SECONDS = 240
STORE = "rasa_components.stores.tracker.StrictTrackerStore"


class Processes:
    """Starts both; their logs and the tracker's database lie in `folder`."""

    def __init__(self, folder: Path, store: str = STORE) -> None:
        self.folder = folder
        self.database = folder / "tracker.db"
        self.ports = {"rasa": free_port(), "actions": free_port()}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        (folder / "endpoints.yml").write_text(
            f"action_endpoint:\n  url: http://127.0.0.1:{self.ports['actions']}/webhook\n"
            f"tracker_store:\n  type: {store}\n  db: {self.database}\n"
        )

    def begin(self, name: str) -> None:
        """Start one of them."""
        port = ["--port", str(self.ports[name])]
        sdk = [sys.executable, "-W", "ignore", "-m", "rasa_sdk", "--actions"]
        rasa = [str(Path(sys.executable).parent / "rasa"), "run", "--interface", "127.0.0.1"]
        own = ["--model", "models/omni.tar.gz", "--endpoints", str(self.folder / "endpoints.yml")]
        spoilt = ["tests.rasa.spoilt_actions", "--logging-config_file", "logging.yml"]
        command = {"rasa": [*rasa, *own, *port], "actions": [*sdk, *spoilt, *port]}[name]
        cases = f"sqlite:///{self.folder / 'cases.db'}"
        environment = {**os.environ, "OMNI_LOGS": "json", "OMNI_CASES_URL": cases}
        with (self.folder / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def wait(self, name: str, path: str) -> None:
        """Wait until one answers; fail with the end of its log where it does not."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.alive(name):
            try:
                address = f"http://127.0.0.1:{self.ports[name]}{path}"
                with urllib.request.urlopen(address, timeout=2):
                    return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"{name} did not start:\n{self.log(name)[-2000:]}")

    def alive(self, name: str) -> bool:
        """Whether it runs."""
        return self._running[name].poll() is None

    def ended(self, name: str) -> int:
        """Wait until it has ended, and return its exit code."""
        return self._running[name].wait(START_SECONDS)

    def stop(self) -> None:
        """Stop both."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.wait(20)

    def log(self, name: str) -> str:
        """Return everything that one of them has printed."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Return its log lines (what libraries print before logging is set up is none)."""
        return [json.loads(line) for line in self.log(name).splitlines() if line.startswith("{")]

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request to the channel; return the status and the JSON of the answer."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        address = f"http://127.0.0.1:{self.ports['rasa']}/webhooks/gateway{path}"
        request = urllib.request.Request(address, data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as answer:
            return answer.code, json.loads(answer.read() or b"null")

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Run one statement on the tracker's database."""
        with sqlite3.connect(self.database) as connection:
            return connection.execute(statement, values).fetchall()
