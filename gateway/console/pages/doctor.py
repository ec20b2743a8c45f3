"""What the doctor finds, each with where to mend it: what is new first, the rest folded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from gateway.console.doctor import Diagnosis, Rule
from gateway.console.guard import Reader
from gateway.console.live import live_bundle
from gateway.console.parts import Console
from gateway.console.since import Mine, since
from gateway.console.wording import say
from gateway.errors import ApiError
from trainer.check import FAIL
from trainer.check.result import Result

router = APIRouter(prefix="/treinador")
SHOWN = 8


@router.get("/conferencia")
async def examine(seen: Reader) -> Response:
    """Examine the project, where anything has changed, and show what is found."""
    try:
        diagnosis = await seen.console.doctor.examine()
    except (RuntimeError, TimeoutError) as error:
        raise ApiError(503, say("no_doctor")) from error
    parts = await asyncio.to_thread(_parts, seen.console, diagnosis)
    names, most = await seen.console.library.names(), 100_000 if seen.asked("tudo") else SHOWN
    return seen.page(
        "doctor", at="conferencia", diagnosis=diagnosis, names=names, most=most, **parts
    )


def _parts(console: Console, diagnosis: Diagnosis) -> dict[str, Any]:
    """Return what must be mended, what is to be looked at in what was changed, and the rest."""
    root, bundle = console.settings.console.root, live_bundle(console)
    mine = Mine(root, since(root, bundle))
    new = {id(found) for rule in diagnosis.rules for found, _ in rule.findings if mine.has(found)}
    return {
        "live": bundle.stem if bundle else "",
        "failed": _some(diagnosis, lambda one: one.level == FAIL),
        "mine": _some(diagnosis, lambda one: one.level != FAIL and id(one) in new),
        "rest": _some(diagnosis, lambda one: one.level != FAIL and id(one) not in new),
    }


def _some(diagnosis: Diagnosis, wanted: Callable[[Result], bool]) -> list[Rule]:
    """Return the rules with some of their findings, those without any left out."""
    found = [rule.some(wanted) for rule in diagnosis.rules]
    return [rule for rule in found if rule.findings]
