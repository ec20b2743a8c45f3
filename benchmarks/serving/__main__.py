"""Command line: `python -m benchmarks.serving`; docs/benchmarks.md has the rest.

Each part leaves its figures in results/bench/parts. The report is made of what lies there and, for
parts that were not measured here, of the report that there is, so that parts can be run one by one.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from assistant.settings import ROOT
from benchmarks.serving import doors, growth, projects, replicas, report, serving, stages, systems
from benchmarks.serving.phrases import training
from benchmarks.serving.processes import Running, prefer
from benchmarks.serving.runs import observed

PEERS = ("rasa", "helpdesk", "least")
PARTS = ("train", "serving", "doors", "stages", "replicas", "retrieval", "growth")
Work = Callable[[], dict[str, Any]]
KEPT = systems.FOLDER / "parts"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts, then write the report; return 0."""
    options = _parser().parse_args(arguments)
    Running.nice = options.nice
    prefer(os.getpid(), options.nice)
    KEPT.mkdir(parents=True, exist_ok=True)
    for part in options.parts or PARTS:
        for name, work in _works(part, options):
            _keep(name, options, work)
    for path in report.write(KEPT, options.out):
        print(path)
    return 0


def _works(part: str, options: argparse.Namespace) -> list[tuple[str, Work]]:
    """Return what a part consists of, by the name of the file that keeps it."""
    names = list(options.peers) if options.only_peers else ["ours", *options.peers]
    effort = serving.QUICK if options.quick else serving.Effort()
    if part == "train":
        return [(f"train-{name}", partial(train, name, options)) for name in names]
    if part == "serving":
        measure = serving.measure
        return [(f"serving-{name}", partial(measure, name, model(name), effort)) for name in names]
    sizes = growth.SITUATIONS[:2] if options.quick else growth.SITUATIONS
    found: dict[str, Work] = {
        "stages": partial(stages.measure, model("ours"), effort),
        "doors": partial(doors.measure, model("ours"), doors.FEW if options.quick else doors.MANY),
        "replicas": partial(replicas.measure, effort.turns),
        "retrieval": partial(growth.retrieval, growth.ARTICLES),
        "growth": partial(growth.situations, sizes),
    }
    return [(part, found[part])]


def train(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Write and train one project; say on how much."""
    rows = training(options.per_intent)
    folder = systems.FOLDER / name
    projects.write(name, folder, rows, options.epochs)
    found = projects.train(name, folder)
    return {
        **found,
        "phrases": len(rows),
        "per_intent": options.per_intent,
        "epochs": options.epochs,
    }


def model(name: str) -> Path:
    """Return the trained model of a system."""
    return systems.FOLDER / name / "models/model.tar.gz"


def _keep(name: str, options: argparse.Namespace, work: Work) -> None:
    print(f"{name} ...", flush=True)
    found = observed(work, _measured(name))
    found["run"] |= {"quick": options.quick, "nice": options.nice}
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (KEPT / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _measured(name: str) -> Path | None:
    """Return the model that a part trains or talks to; None where it makes several, or none."""
    if name == "replicas":
        return ROOT / "models/omni.tar.gz"
    part, _, system = name.partition("-")
    return model(system or "ours") if part in ("train", "serving", "doors", "stages") else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all without any"
    )
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--only-peers", action="store_true", help="leave out our own system")
    parser.add_argument("--quick", action="store_true", help="some minutes, rougher figures")
    parser.add_argument("--per-intent", type=int, default=20, help="phrases of each intent")
    parser.add_argument("--epochs", type=int, default=20, help="most epochs of a peer's component")
    parser.add_argument("--nice", type=int, default=0, help="weight of what is measured (root)")
    parser.add_argument("--out", type=Path, default=ROOT / "reports", metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main())
