"""Whether the gateway lives, and whether it could answer somebody now."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from fastapi import APIRouter, Response

from gateway.api.auth import WithServices
from gateway.schemas import Readiness

router = APIRouter(tags=["health"])

PROBE_SECONDS = 2.0


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """Answer 200 as long as the process does; nothing else is asked."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    response_model_exclude_none=True,
    responses={503: {"model": Readiness, "description": "One of them is down."}},
)
async def ready(parts: WithServices, response: Response) -> Readiness:
    """Answer 200 where everything that an answer needs is up, else 503, each part named.

    What has not answered after 2 seconds counts as down.
    """
    probes = (parts.rasa.is_up(), parts.rasa.actions_up(), parts.store.ping(), parts.rasa.model())
    rasa, actions, store, model = await _within(PROBE_SECONDS, *probes)
    found = Readiness(
        rasa=rasa is True,
        actions=actions is True,
        store=not isinstance(store, BaseException),
        model=model if isinstance(model, str) else None,
        version=parts.rasa.workers.current().version,
    )
    if not (found.rasa and found.actions and found.store):
        response.status_code = 503
    return found


async def _within(seconds: float, *probes: Coroutine[Any, Any, Any]) -> list[Any]:
    """Return what each probe found, or the exception that ended it."""
    tasks = [asyncio.ensure_future(probe) for probe in probes]
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        # Not awaited: a driver that hangs in a thread does not heed it.
        task.cancel()
    return [TimeoutError() if task in late else task.exception() or task.result() for task in tasks]
