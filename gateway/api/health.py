"""Whether the gateway lives, and whether it could answer somebody now."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Response
from sqlalchemy.exc import SQLAlchemyError

from gateway.api.auth import WithServices
from gateway.schemas import Readiness
from gateway.store import Store

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """Answer 200 as long as the process does."""
    return {"status": "ok"}


@router.get("/readyz")
async def ready(parts: WithServices, response: Response) -> Readiness:
    """Answer 200 where everything that an answer needs is up, else 503, each part named."""
    rasa, actions, store = await asyncio.gather(
        parts.rasa.is_up(), parts.rasa.actions_up(), _store_up(parts.store)
    )
    if not (rasa and actions and store):
        response.status_code = 503
    return Readiness(rasa=rasa, actions=actions, store=store)


async def _store_up(store: Store) -> bool:
    try:
        await store.ping()
    except SQLAlchemyError:
        return False
    return True
