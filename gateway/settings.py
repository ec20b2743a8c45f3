"""The one door for the gateway's settings: the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
MIN_SECRET = 32
MAX_PORT = 65535
# An answer is promised within ten seconds; a turn may not use them all.
MAX_TURN_SECONDS = 9.0


@dataclass(frozen=True)
class Settings:
    """What an installation may change without touching code. Times are in seconds."""

    host: str = "127.0.0.1"
    port: int = 8080
    rasa_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    database: str = f"sqlite+aiosqlite:///{ROOT / 'var' / 'gateway.db'}"
    turn_timeout: float = 8.0
    secret: str | None = None
    secret_file: Path = ROOT / "var" / "secret"
    widget_dir: Path = ROOT / "widget"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings; raise ValueError naming a variable that cannot be used."""
        return cls(
            host=env.get("OMNI_HOST", cls.host),
            port=_port(env.get("OMNI_PORT", str(cls.port))),
            rasa_url=_address("OMNI_RASA_URL", env.get("OMNI_RASA_URL", cls.rasa_url)),
            actions_url=_address("OMNI_ACTIONS_URL", env.get("OMNI_ACTIONS_URL", cls.actions_url)),
            database=_database(env.get("OMNI_GATEWAY_DB", cls.database)),
            turn_timeout=_seconds(env.get("OMNI_TURN_TIMEOUT", str(cls.turn_timeout))),
            secret=_secret(env.get("OMNI_SECRET")),
        )


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) <= MAX_PORT:
        raise ValueError(f"OMNI_PORT: {value!r} não é uma porta (1 a {MAX_PORT})")
    return int(value)


def _address(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{name}: {value!r} não é um endereço http")
    return value.rstrip("/")


def _database(value: str) -> str:
    if "+" not in value.split("://", 1)[0]:
        raise ValueError("OMNI_GATEWAY_DB: falta o driver assíncrono (sqlite+aiosqlite://...)")
    return value


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MAX_TURN_SECONDS:
        raise ValueError(f"OMNI_TURN_TIMEOUT: {value!r} não está entre 0 e {MAX_TURN_SECONDS:g} s")
    return seconds


def _secret(value: str | None) -> str | None:
    if value is not None and len(value) < MIN_SECRET:
        raise ValueError(f"OMNI_SECRET: use ao menos {MIN_SECRET} caracteres")
    return value
