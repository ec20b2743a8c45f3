"""The real gateway as a process of its own, which a test may kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from serving.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
SITE_KEY = "chave do site só para os testes do navegador"
AUDIENCE = "omni-atendimento"
_LIMITS = ("MESSAGES", "ADDRESS_MESSAGES", "ADDRESS_SESSIONS", "ADDRESS_REQUESTS")


class GatewayProcess:
    """Serves on one port for as long as the tests run; its store in `folder` outlives a kill."""

    def __init__(
        self, folder: Path, rasa_url: str, origin: str, more: Mapping[str, str] | None = None
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = f"sqlite+aiosqlite:///{folder / 'gateway.db'}"
        self._log = folder / "gateway.log"
        self._env = os.environ | {
            "OMNI_PORT": str(self.port),
            "OMNI_RASA_URL": rasa_url,
            "OMNI_ACTIONS_URL": rasa_url,
            "OMNI_ORIGINS": origin,
            "OMNI_SITE_KEYS": f"site:{SITE_KEY}",
            "OMNI_SITE_AUDIENCE": AUDIENCE,
            "OMNI_SECRET": "um segredo só para os testes do navegador",
            "OMNI_GATEWAY_DB": self.database,
            "OMNI_CASES_URL": f"sqlite:///{folder / 'cases.db'}",
            # Everybody comes from one address here, and types without a pause.
            **{f"OMNI_LIMIT_{name}": "100000/1" for name in _LIMITS},
            **(more or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, ready: str = "/readyz") -> None:
        """Start it, unless it runs, and wait until it answers."""
        if self._process is None or self._process.poll() is not None:
            with self._log.open("ab") as log:
                command = [sys.executable, "-m", "gateway"]
                self._process = subprocess.Popen(
                    command, cwd=ROOT, env=self._env, stdout=log, stderr=log
                )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}{ready}", trust_env=False).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"the gateway did not start:\n{self._log.read_text()[-3000:]}")

    def kill(self) -> None:
        """Kill it as the kernel would."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> None:
        """Stop it as an init system would."""
        if self._process:
            self._process.terminate()
            self._process.wait(20)
