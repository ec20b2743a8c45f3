"""Measuring: in a process of its own, with its report in a frame that may run nothing."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import DEVNULL
from datetime import UTC
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from gateway.console.changing import note, onward
from gateway.console.ending import outdated
from gateway.console.guard import Posted, Reader, Seen
from gateway.console.jobs import Busy
from gateway.console.live import live
from gateway.console.look import HEADERS
from gateway.console.pages.results import results
from gateway.console.steps import MEASURE, forecast, usual
from gateway.console.wording import say
from gateway.errors import ApiError
from gateway.store.tables import now
from trainer.workbench.change import Change, Edit

router = APIRouter(prefix="/treinador/medicao")
AT = "medicao"
KINDS = ("quick", "full")
REPORT, RESULTS = "results/evaluation.html", "results/evaluation.json"
ACCEPTED = "reports/accepted.json"
# The report brings its styles along; within this frame nothing runs, loads or leads away.
REPORT_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'"
)  # fmt: skip


@router.get("")
async def measuring(seen: Reader) -> Response:
    """Show how far a measurement is, and the last report."""
    return await _page(seen)


@router.post("")
async def measure(sent: Posted) -> Response:
    """Begin to measure."""
    kind = sent.form.text("tipo")
    try:
        await sent.console.jobs.start("measure", sent.trainer.name,
                                      kind if kind in KINDS else "quick")  # fmt: skip
    except Busy:
        return await _page(sent, 409, errors=[say("busy")])
    return onward("/treinador/medicao")


@router.post("/aceitar")
async def accept(sent: Posted) -> Response:
    """Make the measurement that the form names the one that later ones are compared with."""
    root, form = sent.console.settings.console.root, sent.form
    before, date = await asyncio.to_thread(_dates, root)
    if sent.console.jobs.current:
        return await _page(sent, 409, errors=[say("busy")])
    if form.text("medida") != date:
        return await _page(sent, 409, errors=[say("other_measurement")])
    if form.text("certeza") != before:  # the box says which reference goes
        return await _page(sent, 422, errors=[say("reference_unsure")])
    if await _accept(root):
        return await _page(sent, 422, errors=[say("not_accepted")])
    edit = Edit("measure.accept", ACCEPTED, "", before or None, date)
    await asyncio.to_thread(note, sent, Change(edit, sent.trainer.name, _moment()))
    return onward("/treinador/medicao?feito=accepted")


@router.get("/relatorio")
async def report(seen: Reader) -> Response:
    """Return the report, to be shown in a frame."""
    path = seen.console.settings.console.root / REPORT
    try:
        text = await asyncio.to_thread(path.read_text, encoding="utf-8")
    except FileNotFoundError:
        raise ApiError(404, say("no_report")) from None
    headers = {**HEADERS, "Content-Security-Policy": REPORT_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(text, headers=headers)


@router.get("/andamento")
async def progress(seen: Reader) -> Response:
    """Return how far a work is as a piece of a page, for the script."""
    kind = "release" if seen.asked("de") == "release" else "measure"
    job = seen.console.jobs.last(kind)
    known = usual(seen.console.settings.console.root)
    past = kind == "release" and outdated(job, await asyncio.to_thread(live, seen.console))
    return seen.console.look.page("progress", job=job, seen=seen, usual=known, outdated=past)


async def _page(seen: Seen, status: int = 200, **values: Any) -> Response:
    root = seen.console.settings.console.root
    accepted, measured = await asyncio.to_thread(_dates, root)
    jobs = seen.console.jobs
    job = jobs.last("measure")
    return seen.page(
        "measuring", AT, status, job=job, busy=jobs.current is not None,
        measured=measured, accepted=accepted, there=(root / REPORT).exists(),
        forecast=forecast(root, MEASURE), usual=usual(root), moves=bool(job and job.runs),
        outdated=False, **await results(seen), **values,
    )  # fmt: skip


async def _accept(root: Path) -> int:
    command = (str(root / ".venv/bin/python"), "-W", "ignore", "-m", "trainer.evaluate", "--accept")
    process = await asyncio.create_subprocess_exec(
        *command, cwd=root, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
    )
    return await process.wait()


def _dates(root: Path) -> tuple[str, str]:
    """Return when the reference was measured, and when the last report; "" where there is none."""
    accepted, measured = _read(root / ACCEPTED).get("measured"), _read(root / RESULTS).get("date")
    return str(accepted or ""), str(measured or "")


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _moment() -> str:
    return now().astimezone(UTC).isoformat(timespec="seconds")
