"""Settings of the team's desk: hours, waiting times, sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.handoff.hours import Hours, read_hours
from gateway.handoff.texts import TEXTS_FILE

ALWAYS = Hours(week={}, zone=ZoneInfo("America/Sao_Paulo"))
MAX_MINUTES = 7 * 24 * 60


@dataclass(frozen=True)
class DeskSettings:
    """`assume_minutes`: how long a case may wait for someone before it is raised again."""

    hours: Hours = ALWAYS
    assume_minutes: int = 15
    texts_file: Path = TEXTS_FILE

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> DeskSettings:
        """Read the settings; raise ValueError naming a variable that cannot be used."""
        minutes = env.get("OMNI_DESK_ASSUME_MINUTES", str(cls.assume_minutes))
        if not minutes.isdecimal() or not 0 < int(minutes) <= MAX_MINUTES:
            raise ValueError(
                f"OMNI_DESK_ASSUME_MINUTES: {minutes!r} não é um número de 1 a {MAX_MINUTES}"
            )
        return cls(
            hours=read_hours(
                env.get("OMNI_DESK_HOURS", ""),
                env.get("OMNI_DESK_TIMEZONE", "America/Sao_Paulo"),
                env.get("OMNI_DESK_HOLIDAYS", "BR"),
                env.get("OMNI_DESK_DAYS_OFF", ""),
            ),
            assume_minutes=int(minutes),
            texts_file=Path(env.get("OMNI_DESK_TEXTS", str(TEXTS_FILE))),
        )
