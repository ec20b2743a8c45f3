"""The one door for the gateway's settings: the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from assistant.environment import read_environment
from gateway.access_settings import AccessSettings
from gateway.console.settings import ConsoleSettings
from gateway.delivery.settings import SinkSettings
from gateway.handoff.settings import DeskSettings
from gateway.review.settings import ReviewSettings
from gateway.store.engine import sqlite_file
from gateway.store.sameness import check_apart

ROOT = Path(__file__).resolve().parent.parent
MIN_SECRET = 32
MAX_PORT = 65535
MAX_TURN_SECONDS = 120.0
MAX_KEEP_MINUTES = 24 * 60


@dataclass(frozen=True)
class Pace:
    """How long things may take, in seconds; what has no variable is changed by tests alone."""

    turn: float = 30.0
    note: float = 3.0
    # A fallback is promised by the eighth second, and has to be made, stored and delivered.
    fallback: float = 6.0
    # A message is kept this long while Rasa or the action server cannot be reached.
    keep: float = 15 * 60.0
    lease: float = 10.0
    renew: float = 3.0
    poll: float = 1.0
    # How often streams look for what another gateway stored: where it is not heard, half of an
    # answer's way with two; where it is, in case that something was not told.
    follow: float = 0.25
    heard: float = 1.0
    # How long to wait after the first failure, after the second ...; then it is set aside.
    retries: tuple[float, ...] = (1.0, 3.0)
    # How long to wait while it cannot be reached: as long as it has been so, within these.
    away: tuple[float, float] = (1.0, 10.0)
    ping: float = 15.0
    stream: float = 3600.0
    grace: float = 10.0


@dataclass(frozen=True)
class Settings:
    """What an installation may change without touching code."""

    host: str = "127.0.0.1"
    port: int = 8080
    # One address each, or several with commas.
    rasa_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    database: str = f"sqlite+aiosqlite:///{ROOT / 'var' / 'gateway.db'}"
    pace: Pace = Pace()
    # Whether a process of its own guesses what people without an answer write about; in tests not.
    guesses: bool = True
    access: AccessSettings = field(default_factory=AccessSettings)
    desk: DeskSettings = field(default_factory=DeskSettings)
    sinks: SinkSettings = field(default_factory=SinkSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    metrics: bool = False
    # Where the supervisor says which pair answers; None: the two addresses above, always.
    workers_file: Path | None = None
    secret: str | None = None
    secret_file: Path = ROOT / "var" / "secret"
    widget_dir: Path = ROOT / "widget"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings; raise ValueError naming a variable that cannot be used."""
        env = read_environment(env)
        made = cls._read(env)
        made._check_erasures(env)
        return made

    @classmethod
    def _read(cls, env: Mapping[str, str]) -> Settings:
        return cls(
            host=env.get("OMNI_HOST", cls.host),
            port=_port(env.get("OMNI_PORT", str(cls.port))),
            rasa_url=_addresses("OMNI_RASA_URL", env.get("OMNI_RASA_URL", cls.rasa_url)),
            actions_url=_addresses(
                "OMNI_ACTIONS_URL", env.get("OMNI_ACTIONS_URL", cls.actions_url)
            ),
            database=_database(env.get("OMNI_GATEWAY_DB", cls.database)),
            pace=Pace(
                turn=_within(env, "OMNI_TURN_TIMEOUT", Pace.turn, MAX_TURN_SECONDS, "s"),
                keep=60 * _within(env, "OMNI_KEEP_MINUTES", 15.0, MAX_KEEP_MINUTES, "min"),
            ),
            access=AccessSettings.from_env(env),
            desk=DeskSettings.from_env(env),
            sinks=SinkSettings.from_env(env),
            review=ReviewSettings.from_env(env),
            console=ConsoleSettings.from_env(env),
            metrics=env.get("OMNI_METRICS") == "1",
            workers_file=Path(file) if (file := env.get("OMNI_WORKERS_FILE")) else None,
            secret=_secret(env.get("OMNI_SECRET")),
        )

    def _check_erasures(self, env: Mapping[str, str]) -> None:
        """Raise ValueError where the log of erasures would be in a database that is backed up."""
        if not (self.access.erasures_url or self.database.startswith("sqlite")):
            return  # none is named, which `erasures_url` says to who needs it
        others = {"OMNI_GATEWAY_DB": self.database, "OMNI_CASES_URL": self.access.cases_url}
        if tracker := env.get("OMNI_TRACKER_URL"):
            others["OMNI_TRACKER_URL"] = tracker
        check_apart("OMNI_ERASURES_DB", self.erasures_url, others)

    @property
    def erasures_url(self) -> str:
        """Return where the log of erasures is: by default beside the gateway's SQLite file.

        Raise ValueError where the gateway's database is PostgreSQL and none is named.
        """
        if self.access.erasures_url:
            return self.access.erasures_url
        if not self.database.startswith("sqlite"):
            raise ValueError(
                "OMNI_ERASURES_DB: falta; com PostgreSQL, indique um banco à parte para a lista do "
                "que foi apagado, que nenhum backup traz de volta"
            )
        file = sqlite_file(self.database)
        return f"sqlite+aiosqlite:///{file.with_name('erasures.db') if file else ':memory:'}"


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) <= MAX_PORT:
        raise ValueError(f"OMNI_PORT: {value!r} não é uma porta (1 a {MAX_PORT})")
    return int(value)


def _addresses(name: str, value: str) -> str:
    """Return one address, or several with commas: equal servers."""
    return ",".join(_address(name, one.strip()) for one in value.split(","))


def _address(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{name}: {value!r} não é um endereço http")
    return value.rstrip("/")


def _database(value: str) -> str:
    if "+" not in value.split("://", 1)[0]:
        raise ValueError("OMNI_GATEWAY_DB: falta o driver assíncrono (sqlite+aiosqlite://...)")
    return value


def _within(env: Mapping[str, str], name: str, default: float, most: float, unit: str) -> float:
    value = env.get(name, str(default))
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number <= most:
        raise ValueError(f"{name}: {value!r} não está entre 0 e {most:g} {unit}")
    return number


def _secret(value: str | None) -> str | None:
    if value is not None and len(value) < MIN_SECRET:
        raise ValueError(f"OMNI_SECRET: use ao menos {MIN_SECRET} caracteres")
    return value
