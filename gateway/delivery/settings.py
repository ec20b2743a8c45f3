"""Settings of the places that hear of conversations; each is off unless it is configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.channels.slack.settings import SlackSettings
from gateway.channels.teams.settings import TeamsSettings


@dataclass(frozen=True)
class SinkSettings:
    """None where a sink is off."""

    slack: SlackSettings | None = None
    teams: TeamsSettings | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> SinkSettings:
        """Read the settings; raise ValueError naming a variable that cannot be used."""
        return cls(slack=SlackSettings.from_env(env), teams=TeamsSettings.from_env(env))
