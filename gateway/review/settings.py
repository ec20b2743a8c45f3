"""Settings of the figures: what counts as an end, and when a menu counts as changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from trainer.figures.counting import Rules

MAX_HOURS = 30 * 24
MAX_DAYS = 90
MAX_PEOPLE = 10_000


@dataclass(frozen=True)
class ReviewSettings:
    """`return_hours`: whoever is silent for so long counts as helped, and who comes back as not.

    An alarm is raised where `drift_people` did not find a check's menu within `drift_days`.
    """

    return_hours: int = 72
    drift_people: int = 3
    drift_days: int = 7

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> ReviewSettings:
        """Read the settings; raise ValueError naming a variable that cannot be used."""
        return cls(
            return_hours=_count(env, "OMNI_RETURN_HOURS", cls.return_hours, MAX_HOURS),
            drift_people=_count(env, "OMNI_DRIFT_PEOPLE", cls.drift_people, MAX_PEOPLE),
            drift_days=_count(env, "OMNI_DRIFT_DAYS", cls.drift_days, MAX_DAYS),
        )

    def rules(self) -> Rules:
        """Return them as the figures take them."""
        silence, window = timedelta(hours=self.return_hours), timedelta(days=self.drift_days)
        return Rules(silence, self.drift_people, window)


def _count(env: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = env.get(name, str(default))
    if not value.isdecimal() or not 0 < int(value) <= most:
        raise ValueError(f"{name}: {value!r} não é um número de 1 a {most}")
    return int(value)
