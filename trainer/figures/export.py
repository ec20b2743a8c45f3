"""Figures as JSON and as CSV, for spreadsheets and other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from trainer.figures.counting import ArticleFigures, CheckFigures, Figures, SituationFigures

_NESTED = ("checks", "articles")


def to_json(figures: Figures) -> str:
    """Return everything as JSON; times in ISO 8601."""
    return json.dumps(asdict(figures), ensure_ascii=False, indent=1, default=_time) + "\n"


def to_csv(figures: Figures) -> dict[str, str]:
    """Return a CSV file each of situations, checks, articles and alarms, by file name."""
    situations = figures.situations
    return {
        "situations.csv": _csv(SituationFigures, [vars(one) for one in situations]),
        "checks.csv": _csv(CheckFigures, _rows(situations, "checks")),
        "articles.csv": _csv(ArticleFigures, _rows(situations, "articles")),
        "alarms.csv": _table(
            ["situation", "check", "people", "first", "last"],
            [asdict(alarm) for alarm in figures.alarms],
        ),
    }


def _rows(situations: Sequence[SituationFigures], name: str) -> list[dict[str, Any]]:
    return [{"situation": s.situation, **vars(row)} for s in situations for row in getattr(s, name)]


def _csv(kind: type[Any], rows: list[dict[str, Any]]) -> str:
    names = [field.name for field in fields(kind) if field.name not in _NESTED]
    return _table(list(dict.fromkeys(["situation", *names])), rows)


def _table(names: list[str], rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {k: _time(v) if isinstance(v, datetime) else v for k, v in row.items()} for row in rows
    )
    return out.getvalue()


def _time(value: Any) -> str:
    return str(value.isoformat())
