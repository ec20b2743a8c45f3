"""One JSON and one page of what was measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from benchmarks.serving import plots
from benchmarks.serving.replicas import PEOPLE
from benchmarks.serving.slopes import judged
from benchmarks.serving.targets import table

NAMES = {
    "ours": "this assistant, through the gateway",
    "rasa": "Rasa's recommended pipeline, REST",
    "helpdesk": "helpdesk-assistant's configuration, REST",
    "least": "the least Rasa there can be, REST",
}
# What each door is, and the process that is its own.
DOORS = {
    "direct": ("Rasa's own, no gateway", ""),
    "bare": ("bare: the same frameworks, nothing kept", "bare"),
    "ours": ("our gateway", "gateway"),
    "against": ("the gateway of another checkout", "against"),
}
LABELS = {
    "search_ms": "search, ms",
    "fit_seconds": "fitting, s",
    "index_mb": "index, MB",
    "train_seconds": "training, s",
    "train_cpu": "training, s of processor",
    "start_seconds": "start, s",
    "turn_ms": "turn, direct to Rasa, ms",
    "through_ms": "turn, through the gateway, ms",
    "rasa_mb": "Rasa, MB",
    "actions_mb": "action server, MB",
    "gateway_mb": "gateway, MB",
    "memory_mb": "all, MB",
    **{f"p50_ms_{people}": f"p50 of {people}, ms" for people in PEOPLE},
    **{f"per_second_{people}": f"turns a second, {people}" for people in PEOPLE},
    **{f"failed_{people}": f"failed, {people}" for people in PEOPLE},
}
Parts = dict[str, Any]


def write(kept: Path, folder: Path) -> list[Path]:
    """Write bench.json and bench.html of what was measured; return their paths.

    Parts that the bench.json in `folder` has, and `kept` has not or older, stay as they are there.
    """
    files = newest(_reported(folder / "bench.json"), _kept(kept))
    parts = judged({name: file["figures"] for name, file in files.items()})
    runs = {name: file["run"] for name, file in files.items()}
    targets = table(parts)
    folder.mkdir(parents=True, exist_ok=True)
    found = {"targets": targets, "parts": parts, "runs": runs}
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (folder / "bench.json").write_text(text + "\n", encoding="utf-8")
    (folder / "bench.html").write_text(page(targets, parts, runs), encoding="utf-8")
    return [folder / "bench.json", folder / "bench.html"]


def newest(reported: Parts, kept: Parts) -> Parts:
    """Return each part as it was measured last; a quick run replaces quick ones alone."""
    found = dict(reported)
    for name, file in kept.items():
        if name not in found or _replaces(file["run"], found[name]["run"]):
            found[name] = file
    return dict(sorted(found.items()))


def _replaces(run: dict[str, Any], older: dict[str, Any]) -> bool:
    is_rougher = run.get("quick", False) and not older.get("quick", False)
    return run["at"] >= older["at"] and not is_rougher


def _kept(folder: Path) -> Parts:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}


def _reported(path: Path) -> Parts:
    if not path.is_file():
        return {}
    found = json.loads(path.read_text("utf-8"))
    runs = found["runs"]
    return {name: {"figures": one, "run": runs[name]} for name, one in found["parts"].items()}


def page(targets: list[dict[str, Any]], parts: Parts, runs: Parts) -> str:
    """Return the page."""
    loader = FileSystemLoader(Path(__file__).parent)
    pages = Environment(loader=loader, autoescape=select_autoescape(["html"]))
    systems = {name: NAMES[name] for name in NAMES if f"serving-{name}" in parts}
    return pages.get_template("page.html").render(
        targets=targets,
        parts=parts,
        runs=runs,
        systems=systems,
        doors=doors(parts),
        served=served(parts),
        labels=LABELS,
        plots=drawn(parts, systems),
    )


def doors(parts: Parts) -> list[dict[str, Any]]:
    """Return a row for each door that was measured, Rasa's own first."""
    found = parts.get("doors", {"doors": {}})
    return [
        {
            "label": label,
            "waits": found["doors"][door],
            "adds": found["adds"].get(door, "-"),
            "processor": found["processor_ms_a_turn"].get(process, "-"),
        }
        for door, (label, process) in DOORS.items()
        if door in found["doors"]
    ]


def served(parts: Parts) -> dict[str, float]:
    """Return what each process behind the doors needs for one turn: it served them all."""
    if "doors" not in parts:
        return {}
    found, used = parts["doors"]["doors"], parts["doors"]["processor_ms_a_turn"]
    return {name: round(used[name] / len(found), 1) for name in ("rasa", "actions")}


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
        names = ["train_seconds", "turn_ms", "through_ms", "rasa_mb", "actions_mb", "gateway_mb"]
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
    measured = [name for name in names if all(name in row for row in sizes.values())]
    series = {LABELS[name]: (xs, [row[name] for row in sizes.values()]) for name in measured}
    return plots.lines(title, x, "", series)
