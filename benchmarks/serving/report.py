"""One JSON and one page of what was measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from benchmarks.serving import plots
from benchmarks.serving.targets import table

NAMES = {
    "ours": "this assistant, through the gateway",
    "rasa": "Rasa's recommended pipeline, REST",
    "helpdesk": "helpdesk-assistant's configuration, REST",
    "least": "the least Rasa there can be, REST",
}
Parts = dict[str, Any]


def write(kept: Path, folder: Path) -> list[Path]:
    """Write bench.json and bench.html of the parts that there are; return their paths."""
    files = {path.stem: json.loads(path.read_text()) for path in sorted(kept.glob("*.json"))}
    parts = {name: file["figures"] for name, file in files.items()}
    runs = {name: file["run"] for name, file in files.items()}
    targets = table(parts)
    folder.mkdir(parents=True, exist_ok=True)
    found = {"targets": targets, "parts": parts, "runs": runs}
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (folder / "bench.json").write_text(text + "\n", encoding="utf-8")
    (folder / "bench.html").write_text(page(targets, parts, runs), encoding="utf-8")
    return [folder / "bench.json", folder / "bench.html"]


def page(targets: list[dict[str, Any]], parts: Parts, runs: Parts) -> str:
    """Return the page."""
    loader = FileSystemLoader(Path(__file__).parent)
    pages = Environment(loader=loader, autoescape=select_autoescape(["html"]))
    systems = {name: NAMES[name] for name in NAMES if f"serving-{name}" in parts}
    return pages.get_template("page.html").render(
        targets=targets, parts=parts, runs=runs, systems=systems, plots=drawn(parts, systems)
    )


def drawn(parts: Parts, systems: dict[str, str]) -> list[str]:
    """Return the plots of what was measured."""
    found = []
    if systems:
        found.append(_rates(parts, systems))
        found.append(_sessions(parts, systems))
    if "stages" in parts:
        found.append(_stages(parts["stages"]))
    if "retrieval" in parts:
        found.append(_grown("Search among articles", "articles", parts["retrieval"], ["search_ms"]))
    if "growth" in parts:
        names = ["train_seconds", "turn_ms", "rasa_mb", "actions_mb"]
        found.append(_grown("Growth with situations", "situations", parts["growth"], names))
    return found


def _rates(parts: Parts, systems: dict[str, str]) -> str:
    series = {}
    for name in systems:
        tried = [one for one in parts[f"serving-{name}"]["steady"]["tried"] if one["n"]]
        series[name] = ([one["rate"] for one in tried], [one["p95"] for one in tried])
    return plots.lines("Constant arrival", "messages a second", "p95, ms", series)


def _sessions(parts: Parts, systems: dict[str, str]) -> str:
    series = {}
    for name in systems:
        found = parts[f"serving-{name}"]["session"]["ms_at"]
        series[name] = ([int(turns) for turns in found], list(found.values()))
    return plots.lines("One long conversation", "turns before", "median of a turn, ms", series)


def _stages(found: Parts) -> str:
    inner = ("turn", "action")
    groups = {
        {"plain": "as Rasa has it", "now": "now"}[way]: {
            **{k: v for k, v in found[way]["stages"].items() if k not in inner},
            "action: the rest": _rest_of_action(found[way]["stages"]),
        }
        for way in ("plain", "now")
    }
    return plots.bars("A turn of our Rasa by stage", "ms, medians", groups)


def _rest_of_action(stages: dict[str, float]) -> float:
    within = stages["action server"] + stages["check of the result"]
    return max(0.0, round(stages["action"] - within, 2))


def _grown(title: str, x: str, found: Parts, names: list[str]) -> str:
    sizes = found["sizes"]
    xs = [int(size) for size in sizes]
    series = {name: (xs, [row[name] for row in sizes.values()]) for name in names}
    return plots.lines(title, x, "", series)
