"""Settings of the trainers' console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.settings import ROOT
from gateway.access_settings import Rate
from gateway.console.oidc_settings import OidcSettings, read_oidc

MAX_HOURS = 7 * 24


@dataclass(frozen=True)
class ConsoleSettings:
    """`root`: the project's folder, whose files trainers change; `hours`: how long a login lasts.

    `logins` is how often an address, and a name, may try to log in.
    """

    root: Path = ROOT
    hours: int = 12
    logins: Rate = Rate(5, 300)
    oidc: OidcSettings | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> ConsoleSettings:
        """Read the settings; raise ValueError naming a variable that cannot be used."""
        root = Path(env.get("OMNI_TRAINER_ROOT", cls.root)).resolve()
        if "OMNI_TRAINER_ROOT" in env and not is_project(root):
            raise ValueError(f"OMNI_TRAINER_ROOT: {root} não é a pasta do projeto")
        hours = env.get("OMNI_TRAINER_HOURS", str(cls.hours))
        if not hours.isdecimal() or not 0 < int(hours) <= MAX_HOURS:
            raise ValueError(f"OMNI_TRAINER_HOURS: {hours!r} não é um número de 1 a {MAX_HOURS}")
        return cls(root=root, hours=int(hours), oidc=read_oidc(env))


def is_project(root: Path) -> bool:
    """Whether a folder has the files that trainers change; images of the gateway have none."""
    return (root / "domain.yml").is_file() and (root / "data").is_dir()
