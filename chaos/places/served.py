"""A whole installation as `make run` starts it, with a shelf of bundles of its own."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from chaos.places.embedded import ROOT, ended
from chaos.places.limits import lifted
from chaos.talk.place import Span
from release.archive import MODEL
from release.build import Candidate, build, collect
from release.keys import make_private
from release.serving import status
from release.settings import ReleaseSettings
from release.shelf import Shelf
from serving.ports import free_port

V1, V2, BROKEN = "2026-11-29.1", "2026-11-29.2", "2026-11-29.3"
START_SECONDS = 240
GUIDE = "knowledge/situations/email_send_receive.yml"
NEW_TITLE = "Cabo de rede"
NEW_CHECK = f"""checks:
  - id: cabo_de_rede
    kind: check
    performer: qualquer pessoa
    title: {NEW_TITLE}
    text: Veja se o cabo de rede está no lugar.
    question: Resolveu?
"""
REPORT = {"figures": [{"key": "situation_first", "value": 0.9}]}


@dataclass(frozen=True)
class Known:
    """What `make run` serves: the version, and how long that took to be so."""

    version: str
    seconds: float


class Installation:
    """Starts `scripts.serve`; what it prints and its databases lie in `folder`.

    It stands in for a Stack where the crowd and the oracle look at one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.up: dict[str, list[Span]] = {"gateway": []}
        make_private(folder / "release.pem", folder / "release.pub")
        self.settings = ReleaseSettings(
            bundles=folder / "bundles",
            run=folder / "run",
            key=folder / "release.pem",
            trusted=(str(folder / "release.pub"),),
        )
        self.shelf = Shelf(self.settings)
        self._http = httpx.Client(timeout=5)
        self._process: subprocess.Popen[bytes] | None = None

    def make_bundles(self) -> None:
        """V1 is the working folder, V2 has one check more and a model with another id."""
        now = collect(ROOT)
        guide = now.files[GUIDE].decode().replace("checks:\n", NEW_CHECK, 1).encode()
        model = renamed(now.files[MODEL], "f" * 32)
        self._write(V1, now)
        self._write(V2, Candidate({**now.files, GUIDE: guide, MODEL: model}))
        broken = spoilt(now.files[MODEL])
        self._write(BROKEN, Candidate({**now.files, MODEL: broken}))

    def start(self) -> float:
        """Start everything, unless it runs; return how long it took until it answered."""
        started = time.monotonic()
        if self._process and self._process.poll() is None:
            return 0.0
        with (self.folder / "serve.log").open("ab") as log:
            command = [sys.executable, "-m", "scripts.serve"]
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment(), stdout=log, stderr=log
            )
        self.until(lambda: self._http.get(f"{self.url}/readyz").status_code == httpx.codes.OK)
        self.up["gateway"].append((time.monotonic(), None))
        return time.monotonic() - started

    def stop(self) -> int:
        """Stop everything, as Ctrl-C does; return the exit code."""
        assert self._process is not None
        if self.up["gateway"]:
            self.up["gateway"][-1] = (self.up["gateway"][-1][0], time.monotonic())
        self._process.send_signal(signal.SIGINT)
        assert ended(self._process, 60), "had to be killed"
        return int(self._process.returncode)

    def remove(self, keep: bool = False) -> None:
        """Stop everything and remove the folder, unless it is to be looked at."""
        try:
            if self._process:
                self.stop()
        finally:
            self._http.close()
            if not keep:
                shutil.rmtree(self.folder, ignore_errors=True)

    def until(self, holds: Any, seconds: float = START_SECONDS) -> None:
        """Wait for something; fail with the end of the log where it does not come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self._process and self._process.poll() is None, self.log("serve")[-3000:]
            try:
                if holds():
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise AssertionError(self.log("serve")[-3000:])

    def serves(self, version: str) -> bool:
        """Whether the gateway is told to ask that version's pair, which answers."""
        try:
            found = self._http.get(f"{self.url}/readyz")
        except httpx.HTTPError:
            return False
        return bool(found.status_code == httpx.codes.OK and found.json()["version"] == version)

    def taken(self, version: str) -> Known:
        """Wait until a version serves."""
        started = time.monotonic()
        self.until(lambda: self.serves(version) or self._gave_up(version))
        assert not self._gave_up(version), self.log("serve")[-3000:]
        return Known(version, time.monotonic() - started)

    def _gave_up(self, version: str) -> bool:
        said = status(self.settings) or {}
        return version in said["failed"] and said["wanted"] != version

    def log(self, _: str) -> str:
        """Return everything that was printed."""
        return (self.folder / "serve.log").read_text(errors="replace")

    def sql(self, database: str, query: str, *values: Any) -> list[Any]:
        """Ask one of the databases: gateway, tracker or cases."""
        with closing(sqlite3.connect(self.folder / f"{database}.db", timeout=10)) as db:
            return db.execute(query, values).fetchall()

    def _write(self, version: str, candidate: Candidate) -> None:
        path = self.shelf.file(version)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(build(candidate, REPORT, version, replace(self.settings, root=ROOT)))

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "OMNI_PORT": str(self.port),
            "OMNI_GATEWAY_DB": f"sqlite+aiosqlite:///{self.folder / 'gateway.db'}",
            "OMNI_CASES_URL": f"sqlite:///{self.folder / 'cases.db'}",
            "OMNI_TRACKER_URL": f"sqlite:///{self.folder / 'tracker.db'}",
            "OMNI_SECRET": "um segredo só para os testes de ponta a ponta",
            "OMNI_LOGS": "json",
            "OMNI_BUNDLES": str(self.settings.bundles),
            "OMNI_RUN": str(self.settings.run),
            "OMNI_RELEASE_TRUSTED": self.settings.trusted[0],
            **lifted(),
        }


def renamed(model: bytes, id: str) -> bytes:
    """Return a model that is the same but for its id."""

    def change(metadata: bytes) -> bytes:
        return json.dumps({**json.loads(metadata), "model_id": id}).encode()

    return _changed(model, "metadata.json", change)


def spoilt(model: bytes) -> bytes:
    """Return a model that no Rasa can load."""
    return _changed(model, "model.json", lambda _: b"{broken")


def _changed(model: bytes, end: str, change: Any) -> bytes:
    buffer = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(model)) as old,
        tarfile.open(fileobj=buffer, mode="w:gz") as new,
    ):
        for member in old:
            file = old.extractfile(member) if member.isfile() else None
            content = file.read() if file else b""
            if member.name.endswith(end):
                content = change(content)
                member.size = len(content)
            new.addfile(member, io.BytesIO(content) if file else None)
    return buffer.getvalue()
