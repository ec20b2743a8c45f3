"""Figures as a table for a terminal, in Portuguese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assistant.knowledge import Knowledge
from assistant.text import shorten
from trainer.figures.counting import Figures, SituationFigures
from trainer.figures.runs import RESOLUTIONS

WIDEST = 44
_UNDERSTOOD = ("sure", "torn", "neither", "refused")


def table(
    figures: Figures, knowledge: Knowledge, hours: int, zone: tzinfo, details: bool = True
) -> Iterator[str]:
    """Yield the lines; without `details` only one for each situation.

    Ids that the knowledge no longer has stand as they are. `hours`: the silence that counts.
    """
    texts = _texts()
    day = "%d/%m/%Y"
    last = figures.until.astimezone(zone) - timedelta(microseconds=1)
    since = figures.since.astimezone(zone)
    yield texts["title"].format(since=since.strftime(day), until=last.strftime(day))
    counts = {name: figures.messages.get(name, 0) for name in _UNDERSTOOD}
    yield texts["messages"].format(total=sum(counts.values()), **counts)
    yield from _alarms(figures, knowledge, zone)
    if not figures.situations:
        yield from ("", texts["nothing"])
        return
    rows = [_row(one, knowledge) for one in figures.situations]
    yield ""
    yield from _aligned([texts["head"], *rows])
    yield from (f"  {line.format(hours=hours)}" for line in texts["explain"])
    for one in figures.situations if details else ():
        yield from _details(one, knowledge)


def _row(one: SituationFigures, knowledge: Knowledge) -> list[str]:
    numbers = [one.started, *(getattr(one, name) for name in RESOLUTIONS)]
    return [_title(one.situation, knowledge), *map(str, numbers)]


def _details(one: SituationFigures, knowledge: Knowledge) -> Iterator[str]:
    texts = _texts()
    yield from ("", f"{_title(one.situation, knowledge)}: {texts['checks'].lower()}")
    rows = [
        [
            _check(one.situation, c.check, knowledge),
            *map(str, (c.shown, c.solved, c.left, c.silent)),
            _people(c.menu_not_found, c.menu_people),
            _people(c.no_permission, c.permission_people),
            *map(str, (c.already_tried, c.skipped)),
        ]
        for c in one.checks
    ]
    yield from _aligned([texts["check_head"], *rows])
    if one.articles:
        shown = [[_article(a.article, knowledge), str(a.shown), str(a.opened)]
                 for a in one.articles]  # fmt: skip
        yield from _aligned([texts["article_head"], *shown])
    yield texts["at_articles"].format(
        solved=one.solved_by_articles,
        left=one.left_at_articles,
        person=one.solved_by_person,
        useful=one.useful,
        not_useful=one.not_useful,
    )


def _alarms(figures: Figures, knowledge: Knowledge, zone: tzinfo) -> Iterator[str]:
    if figures.alarms:
        yield from ("", _texts()["alarms"])
    for alarm in figures.alarms:
        yield "  " + _texts()["alarm"].format(
            situation=_title(alarm.situation, knowledge),
            check=_check(alarm.situation, alarm.check, knowledge),
            people=alarm.people,
            first=alarm.first.astimezone(zone).strftime("%d/%m"),
            last=alarm.last.astimezone(zone).strftime("%d/%m"),
        )


def _people(times: int, people: int) -> str:
    """Return in how many walks, and of how many people where that is fewer."""
    return str(times) if people == times else f"{times} ({people})"


def _title(situation: str, knowledge: Knowledge) -> str:
    found = knowledge.situations.get(situation)
    return found.title if found else situation


def _check(situation: str, check: str, knowledge: Knowledge) -> str:
    found = knowledge.situations.get(situation)
    known = found.check(check) if found else None
    return known.title if known else check


def _article(article: str, knowledge: Knowledge) -> str:
    found = knowledge.articles.get(article)
    return found.title if found else article


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    cut = [[shorten(row[0], WIDEST), *row[1:]] for row in rows]
    widths = [max(len(row[place]) for row in cut) for place in range(len(cut[0]))]
    for row in cut:
        first, *rest = zip(row, widths, strict=True)
        yield "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest)])


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, Any]:
    file = Path(__file__).with_name("texts.yml")
    found: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found
