"""Settings of the places that hear of conversations; each is off unless it is configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.channels.slack.settings import SlackSettings
from gateway.channels.teams.settings import TeamsSettings
from gateway.delivery.mail.settings import MailSettings
from gateway.delivery.webhook.settings import WebhookSettings


@dataclass(frozen=True)
class CourierPace:
    """How long deliveries may take, in seconds; what tests alone change."""

    # Outlets give up sooner by themselves; a lease outlives any try.
    attempt: float = 30.0
    lease: float = 60.0
    poll: float = 1.0
    # Between two looks, however often the courier is woken.
    pause: float = 0.02
    # After the first failure, and doubled after each other until the longest.
    first_wait: float = 1.0
    longest_wait: float = 300.0
    grace: float = 5.0


@dataclass(frozen=True)
class SinkSettings:
    """None where a sink is off."""

    slack: SlackSettings | None = None
    teams: TeamsSettings | None = None
    mail: MailSettings | None = None
    webhook: WebhookSettings | None = None
    pace: CourierPace = CourierPace()

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> SinkSettings:
        """Read the settings; raise ValueError naming a variable that cannot be used."""
        return cls(
            slack=SlackSettings.from_env(env),
            teams=TeamsSettings.from_env(env),
            mail=MailSettings.from_env(env),
            webhook=WebhookSettings.from_env(env),
        )
