"""`make run` in a copy of the project, with a version that is live already and a trainer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from chaos.places.limits import lifted
from chaos.places.served import REPORT, V1
from release.build import build, collect
from release.keys import make_private
from release.settings import ReleaseSettings
from release.shelf import Shelf
from serving.ports import free_port

START_SECONDS = 240
PASSWORD = "uma senha de teste"


class ServedCopy:
    """Starts the copy's own `scripts.serve`; what it prints lies in var/serve.log."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.url = f"http://127.0.0.1:{free_port()}"
        var = root / "var"
        var.mkdir()
        make_private(var / "release.pem", var / "release.pub")
        self.settings = ReleaseSettings(
            root=root, bundles=var / "bundles", run=var / "run", key=var / "release.pem",
            trusted=(str(var / "release.pub"),),
        )  # fmt: skip
        self.shelf = Shelf(self.settings)
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Publish the folder as it is, and let a trainer in by the command."""
        path = self.shelf.file(V1)
        path.parent.mkdir(parents=True)
        path.write_bytes(build(collect(self.root), REPORT, V1, self.settings))
        self.shelf.activate(V1)
        (self.root / "var/password").write_text(PASSWORD)
        known = self._environment() | {"OMNI_PASSWORD_FILE": str(self.root / "var/password")}
        command = [sys.executable, "-m", "gateway.console", "Ana", "--role", "trainer"]
        subprocess.run(command, cwd=self.root, env=known, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start everything, and wait until it answers."""
        with (self.root / "var/serve.log").open("ab") as log:
            command = [sys.executable, "-m", "scripts.serve"]
            self._process = subprocess.Popen(
                command, cwd=self.root, env=self._environment(), stdout=log, stderr=log
            )
        self.until(lambda: self.version() == V1)

    def stop(self) -> None:
        """Stop everything, as Ctrl-C does."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)

    def version(self) -> str | None:
        """Return the version that answers now."""
        found: dict[str, Any] = httpx.get(f"{self.url}/readyz", trust_env=False).json()
        return found["version"] if found.get("rasa") else None

    def until(self, holds: Any, seconds: float = START_SECONDS) -> None:
        """Wait for something; fail with the end of the log where it does not come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self._process and self._process.poll() is None, self._log()
            try:
                if holds():
                    return
            except (httpx.HTTPError, ValueError):
                pass
            time.sleep(0.1)
        raise AssertionError(self._log())

    def _log(self) -> str:
        return (self.root / "var/serve.log").read_text(errors="replace")[-3000:]

    def _environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("OMNI_")}
        return ours | {
            "OMNI_PORT": self.url.rpartition(":")[2],
            "OMNI_SECRET": "um segredo só para os testes de ponta a ponta",
            **lifted(),
        }
