"""The metrics, for Prometheus on this machine, or for anyone where OMNI_METRICS=1."""

from __future__ import annotations

import asyncio
import ipaddress

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from gateway.api.auth import WithServices
from gateway.errors import ApiError
from gateway.services import Services
from gateway.store.backlog import Backlog
from gateway.store.deliveries import Overdue

router = APIRouter(tags=["operation"])

STORE_SECONDS = 2.0
# Whoever comes through a proxy on this machine comes from loopback too, but is not on it.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "via")


@router.get("/metrics", response_class=Response)
async def metrics(request: Request, parts: WithServices) -> Response:
    """Return the metrics in Prometheus' text format; 404 to those who may not see them."""
    if not (parts.settings.metrics or _is_local(request)):
        raise ApiError(404, parts.texts.not_found)
    text = parts.metrics.text(*await _backlog(parts))
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _is_local(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _backlog(parts: Services) -> tuple[Backlog | None, dict[str, Overdue]]:
    try:
        async with asyncio.timeout(STORE_SECONDS):
            return await parts.store.backlog(), await parts.team.courier.overdue()
    except (SQLAlchemyError, OSError):  # a TimeoutError is an OSError
        return None, {}
