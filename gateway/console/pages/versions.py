"""Versions: what differs is shown, and accepted or not; the one before comes back at any time."""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from gateway.console.changing import note, onward
from gateway.console.ending import outdated, went
from gateway.console.guard import Posted, Reader, Seen, Sent
from gateway.console.jobs import Busy, Job
from gateway.console.live import Live, live, versions
from gateway.console.pages.results import results
from gateway.console.steps import RELEASE, forecast, usual
from gateway.console.wording import say
from gateway.store.tables import now
from release.wording import Refused
from trainer.workbench.change import Change, Edit

router = APIRouter(prefix="/treinador/versoes")
AT = "versoes"


@router.get("")
async def every_version(seen: Reader) -> Response:
    """Show what is live, what is under way, and the versions."""
    return await _page(seen)


@router.get("/no-ar")
async def serving(seen: Reader) -> Response:
    """Return what is live as a piece of a page, for the script."""
    found = await asyncio.to_thread(live, seen.console)
    return seen.console.look.page("serving", live=found, seen=seen)


@router.post("/preparar")
async def prepare(sent: Posted) -> Response:
    """Begin a release: it checks, measures, replays, and asks."""
    try:
        await sent.console.jobs.start("release", sent.trainer.name)
    except Busy:
        return await _page(sent, 409, errors=[say("busy")])
    return onward("/treinador/versoes#andamento")


@router.post("/responder")
async def answer(sent: Posted) -> Response:
    """Publish what is asked about, or do not."""
    version, yes = sent.form.text("versao"), sent.form.text("resposta") == "publicar"
    job = sent.console.jobs.last("release")
    if yes and job and job.ask == version and set(job.weak) - set(sent.form.all("ciente")):
        return await _page(sent, 422, errors=[say("weak_unsure")])
    if not await sent.console.jobs.answer(version, yes):
        return await _page(sent, 409, errors=[say("not_asked")])
    if yes:
        await _note(sent, "release.publish", version)
    said = "publishing" if yes else "declined"
    return onward(f"/treinador/versoes?foi={said}&versao={quote(version)}#andamento")


@router.post("/voltar")
async def roll_back(sent: Posted) -> Response:
    """Make the version before live again; the form says which one is to go."""
    if sent.console.jobs.current:
        return await _page(sent, 409, errors=[say("busy")])
    try:
        shelf, leaving = sent.console.shelf, sent.form.text("versao")
        version, left = await asyncio.to_thread(shelf.rollback, leaving)
    except (Refused, ValueError) as error:
        if getattr(error, "key", "") == "refused.not_active":
            return await _page(sent, 409, errors=[say("other_version")])
        return await _page(sent, 422, errors=[str(error)])
    await _note(sent, "release.rollback", version, left)
    return onward(f"/treinador/versoes?foi=back&versao={quote(version)}")


async def _page(seen: Seen, status: int = 200, **values: Any) -> Response:
    console = seen.console
    try:
        found = await asyncio.to_thread(live, console)
        shelf = await asyncio.to_thread(versions, console)
    except (Refused, ValueError) as error:
        errors = [*values.pop("errors", []), str(error)]
        return seen.page("no_versions", AT, 422, errors=errors)
    job, root = console.jobs.last("release"), console.settings.console.root
    values = {"notice": went(seen.asked("foi"), seen.asked("versao"), job, found), **values}
    return seen.page(
        "versions", AT, status, live=found, versions=shelf, job=job,
        busy=console.jobs.current is not None, **await results(seen),
        forecast=forecast(root, RELEASE if found.active else RELEASE[:-1]),
        usual=usual(root), moves=_moves(job, found), outdated=outdated(job, found), **values,
    )  # fmt: skip


def _moves(job: Job | None, found: Live) -> bool:
    """Whether the page will soon be another, by itself."""
    return bool((job and job.runs and not job.ask) or found.coming)


async def _note(sent: Sent, what: str, version: str, before: str | None = None) -> None:
    when = now().astimezone(UTC).isoformat(timespec="seconds")
    edit = Edit(what, "var/bundles/active.json", version, before, version)
    await asyncio.to_thread(note, sent, Change(edit, sent.trainer.name, when))
