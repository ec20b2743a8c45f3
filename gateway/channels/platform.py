"""What Slack and Teams each are to the rest of the gateway."""

from __future__ import annotations

from typing import Protocol

from fastapi import APIRouter

from gateway.delivery.outlet import Outlet


class Platform(Protocol):
    """An app on a platform where people also write."""

    @property
    def outlet(self) -> Outlet:
        """Return what delivers there."""

    @property
    def router(self) -> APIRouter | None:
        """Return what takes its events over HTTP, None where they come another way."""
