"""The report as one HTML page and as a table for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context
from markupsafe import Markup

from trainer.evaluate.gate import flipped
from trainer.evaluate.understood import Understood

FOLDER = Path(__file__).parent
SCALES = {"share": 100.0, "loss": 100.0}
DECIMALS = {"mean": 3, "ms": 2}


def html(
    evaluation: Mapping[str, Any],
    changes: Sequence[Mapping[str, Any]],
    accepted: Mapping[str, Any] | None,
    words: Mapping[str, Any],
    titles: Mapping[str, str],
    news: Sequence[Understood] = (),
) -> str:
    """Return the page; `changes` are the gate's rows against `accepted` (None: nothing yet).

    `news` are the situations that the reference does not know.
    """
    from trainer.evaluate.plots import draw  # takes a second: it loads matplotlib

    texts = {row["key"]: row["texts"] for row in evaluation["intents"]}
    moved = {row["key"]: list(flipped(row, texts)) for row in changes if row["key"] in texts}
    plots = {name: Markup(svg) for name, svg in draw(evaluation, words).items()}  # noqa: S704
    template = _environment().get_template("report.html.j2")
    return template.render(
        e=evaluation, groups=grouped(evaluation), changes=changes, accepted=accepted,
        moved=moved, plots=plots, words=words, titles=titles, news=news,
    )  # fmt: skip


def summary(
    evaluation: Mapping[str, Any],
    changes: Sequence[Mapping[str, Any]],
    accepted: Mapping[str, Any] | None,
    page: str,
    titles: Mapping[str, str],
    news: Sequence[Understood] = (),
) -> str:
    """Return the table and the gate's verdict as lines of text; `page` is where the report is."""
    template = _environment().get_template("summary.txt.j2")
    groups = grouped(evaluation)
    text = template.render(
        e=evaluation, groups=groups, changes=changes, accepted=accepted, page=page,
        titles=titles, news=news,
    )  # fmt: skip
    return text.replace("\u202f", " ")


def grouped(evaluation: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the figures by the title of their group, in the order of the run."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in [*evaluation["figures"], *evaluation["timings"]]:
        groups.setdefault(row["group"], []).append(row)
    return groups


def number(value: float, unit: str) -> str:
    """Return a value as a Portuguese reader writes it, shares as percentages, without the sign."""
    text = f"{value * SCALES.get(unit, 1.0):.{DECIMALS.get(unit, 1)}f}".replace(".", ",")
    return text.removeprefix("-") if not text.strip("-0,") else text.replace("-", "−")


def unit_sign(unit: str) -> str:
    """Return what stands after a number of this unit."""
    return {"share": "\u202f%", "loss": " p.p.", "mean": "", "mb": " MB"}.get(unit, f" {unit}")


def thousands(count: int) -> str:
    """Return a whole number with a point at the thousands."""
    return f"{count:,}".replace(",", ".")


def chance(p: float) -> str:
    """Return a p-value with its sign of comparison."""
    return "< 0,001" if p < 0.001 else f"= {p:.3f}".replace(".", ",")


def day(moment: str) -> str:
    """Return an ISO date or time as 22/11/2026."""
    year, month, rest = moment[:10].split("-")
    return f"{rest}/{month}/{year}"


@pass_context
def _title(context: Context, intent: str) -> str:
    return str(context["titles"].get(intent, intent))


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, autoescape=select_autoescape(["html.j2"]),
    )  # fmt: skip
    made.filters |= {"number": number, "sign": unit_sign, "title_of": _title}
    made.filters |= {"chance": chance, "day": day, "thousands": thousands}
    return made
