"""Settings of the team's desk: hours, waiting times, sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.handoff.hours import Hours
from gateway.handoff.reading_hours import read_hours
from gateway.handoff.texts import TEXTS_FILE, load_desk_texts

ALWAYS = Hours(week={}, zone=ZoneInfo("America/Sao_Paulo"))
MAX_MINUTES = 7 * 24 * 60


@dataclass(frozen=True)
class DeskSettings:
    """How long a case may wait, in minutes of the team's hours, before it is raised again.

    `assume_minutes`: for somebody to assume it; `answer_minutes`: for who has it to answer.
    """

    hours: Hours = ALWAYS
    assume_minutes: int = 15
    answer_minutes: int = 15
    texts_file: Path = TEXTS_FILE

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> DeskSettings:
        """Read the settings; raise ValueError naming a variable that cannot be used."""
        return cls(
            hours=read_hours(
                env.get("OMNI_DESK_HOURS", ""),
                env.get("OMNI_DESK_TIMEZONE", "America/Sao_Paulo"),
                env.get("OMNI_DESK_HOLIDAYS", "BR"),
                env.get("OMNI_DESK_DAYS_OFF", ""),
            ),
            assume_minutes=_minutes(env, "OMNI_DESK_ASSUME_MINUTES", cls.assume_minutes),
            answer_minutes=_minutes(env, "OMNI_DESK_ANSWER_MINUTES", cls.answer_minutes),
            texts_file=_texts_file(env.get("OMNI_DESK_TEXTS", "").strip()),
        )


def _minutes(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, str(default))
    # Not isdecimal alone: it takes other scripts' digits, and thousands of them.
    if not value.isdecimal() or len(value) > 6 or not 0 < int(value) <= MAX_MINUTES:
        raise ValueError(f"{name}: {value!r} não é um número de 1 a {MAX_MINUTES}")
    return int(value)


def _texts_file(value: str) -> Path:
    if not value:
        return TEXTS_FILE
    try:
        load_desk_texts(Path(value))
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"OMNI_DESK_TEXTS: não consigo ler {value!r}") from None
    except ValueError as error:
        raise ValueError(f"OMNI_DESK_TEXTS: {error}") from None
    return Path(value)
