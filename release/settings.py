"""Where bundles and keys lie: the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
MOST_DAYS = 90
MOST_WARM_MINUTES = 24 * 60


@dataclass(frozen=True)
class ReleaseSettings:
    """What an installation may change. `trusted`: files (PEM) or 64 hexadecimal digits."""

    root: Path = ROOT
    bundles: Path = VAR / "bundles"
    run: Path = VAR / "run"
    key: Path = VAR / "release.pem"
    trusted: tuple[str, ...] = (str(VAR / "release.pub"),)
    days: int = 7
    warm_minutes: float = 15.0
    evaluate: tuple[str, ...] = ("--quick",)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> ReleaseSettings:
        """Read the settings; raise ValueError naming a variable that cannot be used."""
        trusted = [part.strip() for part in env.get("OMNI_RELEASE_TRUSTED", "").split(",")]
        return cls(
            bundles=Path(env.get("OMNI_BUNDLES", cls.bundles)),
            run=Path(env.get("OMNI_RUN", cls.run)),
            key=Path(env.get("OMNI_RELEASE_KEY", cls.key)),
            trusted=tuple(filter(None, trusted)) or cls.trusted,
            days=int(_within(env, "OMNI_REPLAY_DAYS", cls.days, MOST_DAYS)),
            warm_minutes=_within(env, "OMNI_WARM_MINUTES", cls.warm_minutes, MOST_WARM_MINUTES),
            evaluate=tuple(env.get("OMNI_RELEASE_EVALUATE", "--quick").split()),
        )

    @property
    def workers_file(self) -> Path:
        """Return the file that tells gateways which pair of workers to ask."""
        return self.run / "workers.json"

    @property
    def status_file(self) -> Path:
        """Return the file in which the supervisor says what it serves."""
        return self.run / "serving.json"


def _within(env: Mapping[str, str], name: str, default: float, most: float) -> float:
    value = env.get(name, str(default))
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= most:
        raise ValueError(f"{name}: {value!r} não está entre 0 e {most:g}")
    return number
