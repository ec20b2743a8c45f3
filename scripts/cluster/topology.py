"""Two gateways, two Rasas, two action servers, PostgreSQL, Redis and nginx, all on loopback.

What makes them a larger installation is their environment alone: addresses, and secrets in files.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import httpx

from scripts.cluster.process import NotStarted, Process
from scripts.cluster.proxy import proxy
from scripts.cluster.stores import Postgres, Redis, read_or_make, write_secret
from serving.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
START_SECONDS = 240.0
REPLICAS = 2
KINDS = ("gateway", "rasa", "actions")
READY = {"rasa": "/webhooks/gateway/", "actions": "/health", "gateway": "/healthz"}
# In the order in which they are started; they are stopped in the opposite one.
STORES = ("postgres", "redis")


class Cluster:
    """Starts, kills and restarts the processes; data, secrets and logs lie in `folder`.

    `settings` are for all of ours, `proxied` for nginx's template. `port` is where people come in;
    there are `replicas` of each server of ours.
    `via` is given the name of a link (whose server's) and its port, and returns the port to use.
    """

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        proxied: Mapping[str, str] | None = None,
        told: Callable[[str], None] = lambda line: None,
        via: Callable[[str, int], int] = lambda link, port: port,
        replicas: int = REPLICAS,
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = dict(settings or {})
        self._numbers = range(1, replicas + 1)
        self.ports = {f"{kind}-{n}": free_port() for kind in KINDS for n in self._numbers}
        self._proxied = dict(proxied or {})
        self._told = told
        self._via = via
        self._http = httpx.Client(timeout=5, trust_env=False)
        self._actions_port = free_port()
        for name in ("logs", "secrets"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "secrets").chmod(0o700)
        self.postgres = Postgres(folder / "postgres", free_port(), self._secret("postgres"))
        self.redis = Redis(folder / "redis", free_port(), self._secret("redis"))
        self._secret("gateway")
        self.processes: dict[str, Process] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Return every process's name, in the order of starting."""
        ours = [f"{kind}-{n}" for kind in reversed(KINDS) for n in self._numbers]
        return (*STORES, *ours, "nginx")

    def start(self) -> None:
        """Start all that do not run, and wait until people are answered."""
        self._make()
        for name in STORES:
            self._up(name)
        self.postgres.make_databases()
        others = self.names[len(STORES) :]
        for name in others:
            if not self.runs(name):
                self.begin(name)
        for name in others:
            self.wait(name)
        self._until_ready()

    def begin(self, name: str) -> None:
        """Start one, without waiting."""
        self._told(f"starting {name}")
        self.processes[name].begin()

    def wait(self, name: str, seconds: float = START_SECONDS) -> None:
        """Wait until one answers; raise NotStarted with the end of its log."""
        self.processes[name].wait(seconds)

    def runs(self, name: str) -> bool:
        """Whether there is such a process."""
        return name in self.processes and self.processes[name].runs

    def kill(self, name: str) -> None:
        """Kill one as the kernel would."""
        self.processes[name].kill()

    def end(self, name: str, seconds: float) -> float:
        """Stop one as an init system would; return the seconds that took."""
        return self.processes[name].stop(seconds)

    def stop(self) -> None:
        """Stop all that run: nginx first, the stores last."""
        for name in reversed(self.names):
            if self.runs(name):
                self._told(f"stopping {name}")
                self.processes[name].stop()
        self._http.close()

    def log(self, name: str) -> str:
        """Return what a process has printed, or all of one kind ("rasa")."""
        files = sorted((self.folder / "logs").glob(f"{name}*.log"))
        return "".join(file.read_text(errors="replace") for file in files)

    def address(self, name: str) -> str:
        """Return where one of ours listens, for who looks behind nginx."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def of_kind(self, kind: str) -> list[str]:
        """Return the names of all gateways, Rasas or action servers."""
        return [f"{kind}-{n}" for n in self._numbers]

    @property
    def environment(self) -> dict[str, str]:
        """Return what turns the embedded default into this."""
        secrets = self.folder / "secrets"
        return {
            "OMNI_LOGS": "json",
            "OMNI_RASA_URL": ",".join(f"http://127.0.0.1:{port}" for port in self._ports("rasa")),
            "OMNI_ACTIONS_URL": f"http://127.0.0.1:{self._actions_port}",
            "OMNI_TRUSTED_PROXIES": "127.0.0.1",
            "OMNI_SECRET_FILE": str(secrets / "gateway"),
            "OMNI_GATEWAY_DB_FILE": self._url("gateway", "postgresql+asyncpg"),
            "OMNI_ERASURES_DB_FILE": self._url("erasures", "postgresql+asyncpg"),
            "OMNI_TRACKER_URL_FILE": self._url("tracker", "postgresql"),
            "OMNI_CASES_URL_FILE": self._url("cases", "postgresql"),
            "OMNI_LOCK_URL_FILE": self._lock_url(),
            **self.settings,
        }

    def _make(self) -> None:
        if self.processes:
            return
        made = [self.postgres.process(self._log_file("postgres"))]
        made.append(self.redis.process(self._log_file("redis")))
        made += [self._ours(kind, name) for kind in KINDS for name in self.of_kind(kind)]
        made.append(self._nginx())
        self.processes = {process.name: process for process in made}

    def _ours(self, kind: str, name: str) -> Process:
        port = str(self.ports[name])
        url = f"{self.address(name)}{READY[kind]}"
        environment = {**self.environment, **_of(kind, port)}
        log = self._log_file(name)
        return Process(
            name, _command(kind, port), lambda: self._answers(url), log, environment, ROOT
        )

    def _nginx(self) -> Process:
        return proxy(
            self.folder / "nginx",
            self._log_file("nginx"),
            self.port,
            self._ports("gateway"),
            self._actions_port,
            self._ports("actions"),
            self._proxied,
        )

    def _up(self, name: str) -> None:
        if not self.runs(name):
            self.begin(name)
        self.wait(name)

    def _until_ready(self) -> None:
        """Wait until every gateway says that all behind it is there."""
        end = time.monotonic() + START_SECONDS
        waiting = [f"{self.address(name)}/readyz" for name in self.of_kind("gateway")]
        while waiting := [url for url in waiting if not self._answers(url)]:
            if time.monotonic() > end:
                raise NotStarted(f"not ready: {', '.join(waiting)}")
            time.sleep(0.1)

    def _answers(self, url: str) -> bool:
        try:
            return self._http.get(url).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def _ports(self, kind: str) -> list[int]:
        return [self._via(name, self.ports[name]) for name in self.of_kind(kind)]

    def _log_file(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def _secret(self, name: str) -> str:
        return read_or_make(self.folder / "secrets" / name)

    def _lock_url(self) -> str:
        near = replace(self.redis, port=self._via("redis", self.redis.port))
        return str(write_secret(self.folder / "secrets" / "lock_url", near.url))

    def _url(self, database: str, scheme: str) -> str:
        file = self.folder / "secrets" / f"{database}_url"
        port = self._via(f"postgres-{database}", self.postgres.port)
        return str(write_secret(file, replace(self.postgres, port=port).url(database, scheme)))


def _of(kind: str, port: str) -> dict[str, str]:
    own = {"gateway": {"OMNI_HOST": "127.0.0.1", "OMNI_PORT": port}}
    return {"PYTHONUNBUFFERED": "1", **own.get(kind, {})}


def _command(kind: str, port: str) -> list[str]:
    rasa = [str(BIN / "rasa"), "run", "--model", "models/omni.tar.gz", "--port", port]
    actions = [str(BIN / "python"), "-W", "ignore", "-m", "rasa_sdk", "--actions", "actions"]
    return {
        "rasa": [*rasa, "--interface", "127.0.0.1", "--endpoints", "endpoints.yml"],
        "actions": [*actions, "--logging-config_file", "logging.yml", "--port", port],
        "gateway": [sys.executable, "-m", "gateway"],
    }[kind]


def default_folder(env: Mapping[str, str] = os.environ) -> Path:
    """Return where `make cluster` keeps its data."""
    return Path(env.get("OMNI_CLUSTER_DIR", ROOT / "var" / "cluster"))
