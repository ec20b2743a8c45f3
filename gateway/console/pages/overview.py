"""The first page: what is live, what the doctor says, what waits."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from gateway.console.doctor import Diagnosis
from gateway.console.guard import Reader, Seen
from gateway.console.live import live
from gateway.console.parts import Console
from gateway.console.wording import say
from gateway.store.tables import now

router = APIRouter(prefix="/treinador")
DAYS = 30
# The doctor takes seconds after a change: the page does not wait for it.
PATIENCE_SECONDS = 1.0


@router.get("")
async def overview(seen: Reader) -> Response:
    """Show how things stand."""
    cards = await seen.console.library.cards()
    until = now()
    view = await seen.console.inbox.read(until - timedelta(days=DAYS), until)
    return seen.page(
        "overview",
        at="",
        **await asyncio.to_thread(_live, seen.console),
        **await _diagnosis(seen),
        cards=cards,
        waiting=view.count,
        groups=len(view.groups),
        days=DAYS,
        job=seen.console.jobs.current,
    )


def _live(console: Console) -> dict[str, Any]:
    """Return what is live, or why that cannot be said."""
    try:
        return {"live": live(console), "live_fault": ""}
    except ValueError as error:  # a setting that cannot be used, or Refused: both are for people
        return {"live": None, "live_fault": str(error)}
    except (OSError, KeyError, TypeError):
        return {"live": None, "live_fault": say("no_live")}


async def _diagnosis(seen: Seen) -> dict[str, Any]:
    """Return what the doctor found, or that it could not look; None while it still looks."""
    try:
        return {"diagnosis": await _found(seen), "doctor_fault": ""}
    except (RuntimeError, OSError, ValueError):  # OSError: TimeoutError too
        return {"diagnosis": None, "doctor_fault": say("no_doctor")}


async def _found(seen: Seen) -> Diagnosis | None:
    looking = asyncio.ensure_future(seen.console.doctor.examine())
    done, _ = await asyncio.wait([looking], timeout=PATIENCE_SECONDS)
    if not done:
        looking.add_done_callback(lambda task: task.cancelled() or task.exception())
        return None
    return looking.result()
