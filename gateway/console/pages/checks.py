"""A situation's checks: each one's page, a new one, their order, taking one away."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from gateway.console import checkform
from gateway.console.changing import Failed, change, done
from gateway.console.guard import Posted, Reader, Seen
from gateway.console.pages import situations
from gateway.console.stubs import id_of
from gateway.console.threeway import written
from gateway.console.wording import say
from gateway.errors import ApiError
from trainer.workbench import Applied, Workbench

router = APIRouter(prefix="/treinador/situacoes/{id}/verificacoes")
NEW = "nova"


@router.get("/nova")
async def new_check(seen: Reader, id: str) -> Response:
    """Show the form of a new check."""
    return await _page(seen, id, "")


@router.post("/nova")
async def add_check(sent: Posted, id: str) -> Response:
    """Add a check at the end."""
    form = sent.form
    title = form.text("title")

    def work(bench: Workbench) -> Applied:
        taken = [one["id"] for one in bench.situation(id)[0]["checks"]]
        new = {"names": [], "tried": [], "id": id_of(title, taken)} | checkform.fields(form, {})
        return bench.add_check(id, new, etag=form.text("etag") or None)

    found = await change(sent, work) if id_of(title) else Failed([say("title_words")])
    if isinstance(found, Failed):
        return await _page(sent, id, "", checkform.typed(form), **found.shown())
    return done(found, f"/treinador/situacoes/{id}#verificacoes")


@router.get("/{check}")
async def one_check(seen: Reader, id: str, check: str) -> Response:
    """Show a check's form."""
    return await _page(seen, id, check)


@router.post("/{check}")
async def set_check(sent: Posted, id: str, check: str) -> Response:
    """Change a check."""

    def work(bench: Workbench) -> Applied:
        situation, _ = bench.situation(id)
        performer = situation["performer"]
        fields = checkform.fields(sent.form, _check(situation, check), performer)
        return bench.set_check(id, check, fields, sent.form.text("etag") or None)

    found = await change(sent, work)
    if isinstance(found, Failed):
        now, _ = await asyncio.to_thread(sent.console.library.bench().situation, id)
        mine, saved = checkform.typed(sent.form), checkform.shown(_check(now, check))
        return await _page(sent, id, check, **found.over(sent, mine, saved))
    return done(found, f"/treinador/situacoes/{id}#verificacoes")


@router.post("/{check}/mover")
async def move_check(sent: Posted, id: str, check: str) -> Response:
    """Put a check at another place."""
    place = sent.form.text("lugar")

    def work(bench: Workbench) -> Applied:
        to = int(place) if place.isdecimal() and len(place) < 4 else 0
        return bench.move_check(id, check, to, sent.form.text("etag") or None)

    found = await change(sent, work)
    if isinstance(found, Failed):
        return await situations.page(sent, id, **found.shown("verificacoes"))
    return done(found, f"/treinador/situacoes/{id}#verificacoes")


@router.post("/{check}/remover")
async def remove_check(sent: Posted, id: str, check: str) -> Response:
    """Take a check away."""

    def work(bench: Workbench) -> Applied:
        return bench.remove_check(id, check, sent.form.text("etag") or None)

    found = await change(sent, work)
    if isinstance(found, Failed):
        return await situations.page(sent, id, **found.shown())
    return done(found, f"/treinador/situacoes/{id}#verificacoes", "removed")


async def _page(
    seen: Seen, id: str, check: str, typed: dict[str, Any] | None = None, status: int = 200,
    **values: Any,
) -> Response:  # fmt: skip
    bench = seen.console.library.bench()
    found, etag = await asyncio.to_thread(bench.situation, id)
    now = _check(found, check) if check else {}
    shown = checkform.shown(now)
    more = {"base": written(shown), "ends": checkform.ENDS, "kinds": checkform.KINDS,
            "hints": checkform.hints(now),
            "articles": await seen.console.library.articles()}  # fmt: skip
    return seen.page(
        "check", situations.AT, status, id=id, check=check, situation=found,
        fields=typed or shown, **{"etag": etag, **more, **values},
    )  # fmt: skip


def _check(situation: Mapping[str, Any], check: str) -> Mapping[str, Any]:
    for one in situation["checks"]:
        if one["id"] == check:
            found: Mapping[str, Any] = one
            return found
    raise ApiError(404, say("not_there"))
