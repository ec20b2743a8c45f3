"""The systems that are compared: what runs, and by which door they are talked to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml

from assistant.settings import ROOT
from benchmarks.serving.phrases import guided, ticket
from benchmarks.serving.processes import Command
from benchmarks.serving.projects import ENVIRONMENTS
from benchmarks.serving.talkers import ChannelTalker, GatewayTalker, RestTalker, Talker
from serving.ports import free_port

FOLDER = ROOT / "results/bench"
GATEWAY = ROOT / ".venv-gateway/bin/python"
OUR_STORE = "rasa_components.stores.tracker.StrictTrackerStore"
_LIMITS = ("MESSAGES", "ADDRESS_MESSAGES", "ADDRESS_SESSIONS", "ADDRESS_REQUESTS")
# Everybody comes from one address here, and types without a pause.
UNLIMITED = {f"OMNI_LIMIT_{name}": "1000000/1" for name in _LIMITS}
_LOOPBACK = ["--interface", "127.0.0.1"]


@dataclass(frozen=True)
class System:
    """A system that is about to be started: its processes, its door, what is said to it."""

    name: str
    commands: list[Command]
    make: Callable[[aiohttp.ClientSession], Talker]
    script: Callable[[int, list[str]], list[str]]
    health: str
    rasa: str
    database: Path

    def direct(self, http: aiohttp.ClientSession) -> Talker:
        """Return who talks to our Rasa without the gateway."""
        return ChannelTalker(http, self.rasa)


def ours(model: Path, folder: Path, project: Path | None = None) -> System:
    """Return the whole assistant: gateway, Rasa and action server, on SQLite.

    With the knowledge of a `project`, where that has its own.
    """
    ports = {name: free_port() for name in ("rasa", "actions", "gateway")}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    found = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    found["action_endpoint"]["url"] = f"{urls['actions']}/webhook"
    found["tracker_store"]["db"] = str(folder / "tracker.db")
    endpoints = _write(folder / "endpoints.yml", found)
    environment = _environment(folder, urls, ports["gateway"])
    if project and (project / "knowledge").is_dir():
        environment["OMNI_KNOWLEDGE_DIR"] = str(project / "knowledge")
    bin_ = ENVIRONMENTS["ours"]
    files = ["--credentials", "credentials.yml", "--endpoints", str(endpoints)]
    rasa = [str(bin_ / "rasa"), "run", "--model", str(model), *files, *_LOOPBACK]
    own = ["--actions", "actions", "--logging-config_file", "logging.yml"]
    actions = [str(bin_ / "python"), "-W", "ignore", "-m", "rasa_sdk", *own]
    rasa += ["--port", str(ports["rasa"])]
    actions += ["--port", str(ports["actions"])]
    commands = [
        _command("rasa", rasa, f"{urls['rasa']}/webhooks/gateway/"),
        _command("actions", actions, f"{urls['actions']}/health"),
        _command("gateway", [str(GATEWAY), "-m", "gateway"], f"{urls['gateway']}/readyz"),
    ]
    return System(
        "ours",
        [_with(command, environment) for command in commands],
        lambda http: GatewayTalker(http, urls["gateway"]),
        guided,
        f"{urls['gateway']}/healthz",
        urls["rasa"],
        folder / "tracker.db",
    )


def peer(name: str, model: Path, folder: Path) -> System:
    """Return a peer: Rasa with its REST channel and its own store on SQLite."""
    rasa_url, actions_url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    database = folder / "tracker.db"
    found = {"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(database)}}
    if name == "helpdesk":
        found["action_endpoint"] = {"url": f"{actions_url}/webhook"}
    files = ["--endpoints", str(_write(folder / "endpoints.yml", found))]
    files += ["--credentials", str(_write(folder / "credentials.yml", {"rest": None}))]
    bin_ = ENVIRONMENTS["peer"]
    rasa = [str(bin_ / "rasa"), "run", "--model", str(model), *files, *_LOOPBACK]
    commands = [_command("rasa", [*rasa, "--port", rasa_url.rpartition(":")[2]], f"{rasa_url}/")]
    if name == "helpdesk":
        own = ["--actions", "benchmarks.serving.helpdesk_actions"]
        sdk = [str(bin_ / "python"), "-W", "ignore", "-m", "rasa_sdk", *own]
        port = actions_url.rpartition(":")[2]
        commands.append(_command("actions", [*sdk, "--port", port], f"{actions_url}/health"))
    script = ticket if name == "helpdesk" else guided
    return System(
        name,
        commands,
        lambda http: RestTalker(http, rasa_url),
        script,
        f"{rasa_url}/",
        rasa_url,
        database,
    )


def make(name: str, model: Path, run: str, project: Path | None = None) -> System:
    """Return a system on fresh databases, its files in a folder of its own."""
    folder = FOLDER / "runs" / f"{name}-{run}"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db*"):
        old.unlink()
    return ours(model, folder, project) if name == "ours" else peer(name, model, folder)


def _environment(folder: Path, urls: dict[str, str], port: int) -> dict[str, str]:
    return {
        "OMNI_PORT": str(port),
        "OMNI_RASA_URL": urls["rasa"],
        "OMNI_ACTIONS_URL": urls["actions"],
        "OMNI_GATEWAY_DB": f"sqlite+aiosqlite:///{folder / 'gateway.db'}",
        "OMNI_CASES_URL": f"sqlite:///{folder / 'cases.db'}",
        "OMNI_SECRET": "um segredo só para medir, sem valor nenhum",
        **UNLIMITED,
    }


def _command(name: str, words: list[str], ready: str) -> Command:
    return Command(name, words, ready, ROOT, {"PYTHONPATH": str(ROOT)})


def _with(command: Command, environment: dict[str, str]) -> Command:
    more = {**command.environment, **environment}
    return Command(command.name, command.words, command.ready, command.folder, more)


def _write(path: Path, content: object) -> Path:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path
