"""The figures of use: between two dates, for each situation, with alarms, and as files."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

from fastapi import APIRouter
from starlette.responses import Response

from assistant.knowledge import Knowledge
from gateway.console.guard import Reader, Seen
from gateway.console.plots import checks_plot, situations_plot
from gateway.console.wording import say
from gateway.errors import ApiError
from gateway.knowledge import knowledge
from gateway.review.figures import USUAL, days, figures_of
from trainer.figures.counting import Figures
from trainer.figures.export import to_csv, to_json
from trainer.figures.runs import RESOLUTIONS

router = APIRouter(prefix="/treinador/uso")
AT = "uso"
MOST_DAYS = 366


@router.get("")
async def use(seen: Reader) -> Response:
    """Show how the guides came out."""
    first, last, error = _dates(seen)
    figures = await _figures(seen, first, last)
    known = await asyncio.to_thread(knowledge)
    titles = {one.id: one.title for one in known.situations.values()}
    checks = {(s.id, c.id): c.title for s in known.situations.values() for c in s.checks}
    return seen.page(
        "figures", AT, 422 if error else 200, errors=[error] if error else [],
        figures=figures, titles=titles, checks=checks, first=first, last=last,
        plot=situations_plot(figures.situations, titles), resolutions=RESOLUTIONS,
        hours=seen.console.settings.review.return_hours,
    )  # fmt: skip


@router.get("/arquivo/{name}")
async def download(seen: Reader, name: str) -> Response:
    """Return the figures as a file: figures.json, or one of the tables as CSV."""
    first, last, _ = _dates(seen)
    figures = await _figures(seen, first, last)
    files = {**to_csv(figures), "figures.json": to_json(figures)}
    if name not in files:
        raise ApiError(404, say("not_there"))
    kind = "application/json" if name.endswith(".json") else "text/csv; charset=utf-8"
    place = f'attachment; filename="{first}_{last}_{name}"'
    return Response(files[name], media_type=kind, headers={"Content-Disposition": place})


@router.get("/{situation}")
async def use_of_situation(seen: Reader, situation: str) -> Response:
    """Show one situation, check by check."""
    first, last, error = _dates(seen)
    figures = await _figures(seen, first, last)
    one = next((s for s in figures.situations if s.situation == situation), None)
    known = await asyncio.to_thread(knowledge)
    if one is None and situation not in known.situations:
        raise ApiError(404, say("not_there"))
    titles = _titles_of(known, situation)
    return seen.page(
        "figures_of", AT, 422 if error else 200, errors=[error] if error else [],
        one=one, id=situation, titles=titles, first=first, last=last,
        title=known.situations[situation].title if situation in known.situations else situation,
        articles={a.id: a.title for a in known.articles.values()},
        plot=checks_plot(one.checks, titles) if one else None,
        alarms=[alarm for alarm in figures.alarms if alarm.situation == situation],
    )  # fmt: skip


def _titles_of(known: Knowledge, situation: str) -> dict[str, str]:
    found = known.situations.get(situation)
    return {check.id: check.title for check in found.checks} if found else {}


async def _figures(seen: Seen, first: date, last: date) -> Figures:
    settings = seen.console.settings
    since, until = days(first, last, settings.desk.hours.zone)
    return await figures_of(seen.console.database, since, until, settings.review.rules())


def _dates(seen: Seen) -> tuple[date, date, str]:
    """Return the dates that are asked for, or the usual ones and what is wrong with those."""
    today = datetime.now(seen.console.settings.desk.hours.zone).date()
    usual = today - USUAL, today
    try:
        last = date.fromisoformat(seen.asked("ate") or today.isoformat())
        first = date.fromisoformat(seen.asked("de") or (last - USUAL).isoformat())
    except (ValueError, OverflowError):
        return *usual, say("bad_dates")
    if first > last or last - first > timedelta(days=MOST_DAYS) or last.year > today.year + 1:
        return *usual, say("bad_dates")
    return first, last, ""
