"""Where in Teams a new case goes."""

from __future__ import annotations

from gateway.channels.teams.incoming import SINK
from gateway.channels.teams.settings import TeamsSettings
from gateway.handoff.opening import Place
from gateway.store.values import Destination


def place_of(settings: TeamsSettings) -> Place:
    """Return what gives the place of a case in the channel for them."""
    address = {"service": settings.service_url, "channel": settings.cases_channel}
    return lambda case: Destination(SINK, f"case {case}", address)
