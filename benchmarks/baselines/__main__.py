"""Command line: `python -m benchmarks.baselines`, other systems on our own phrases."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from assistant.settings import ROOT
from benchmarks.baselines import nlpjs
from benchmarks.baselines.phrases import heldout, sample, training
from benchmarks.baselines.record import WORDS, keep, name_of, share, source_of
from benchmarks.nlu import ours, peers
from benchmarks.nlu.data import Rows

DIET = "rasa-diet"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and keep each system as soon as it is done; return 0, or 2 without nlp.js."""
    options = _parser().parse_args(arguments)
    if "nlpjs" in options.only and not nlpjs.installed():
        print(WORDS["not_installed"], file=sys.stderr)
        return 2
    peers.prepare()
    rows = sample(training(), options.per_intent)
    for system in options.only:
        if system != DIET or options.per_intent or options.diet:
            _measure(system, rows, options.per_intent, options.out)
    return 0


def _measure(system: str, rows: Rows, per_intent: int | None, out: Path) -> None:
    name, today, held = name_of(system, per_intent), date.today().isoformat(), heldout()
    print(WORDS["training"].format(name=name), flush=True)
    guesses, seconds = _learn(system, rows, [text for text, _ in held])
    first = share(guesses, [label for _, label in held])
    row = {
        "name": name, "first": first, "n": len(held), "train_seconds": round(seconds, 1),
        "source": source_of(system, len(rows), today),
    }  # fmt: skip
    order = [name_of(one, size) for size in (per_intent, None) for one in WORDS["systems"]]
    keep(out, row, today, order)
    print(WORDS["line"].format(first=100 * first, seconds=seconds, name=name), flush=True)


def _learn(system: str, rows: Rows, texts: list[str]) -> tuple[list[str], float]:
    """Return the first intent of each text, and the seconds of training."""
    if system == "nlpjs":
        return nlpjs.learn(rows, texts)
    learn = ours.learn if system == "ours" else peers.learner(system, "pt")
    trained = learn(rows)
    return [guess.label for guess in trained.read(texts)], trained.seconds


def _parser() -> argparse.ArgumentParser:
    systems = list(WORDS["systems"])
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baselines", description=__doc__)
    parser.add_argument("--per-intent", type=int, metavar="N", help="learn N phrases of each")
    parser.add_argument("--diet", action="store_true", help="DIET on all phrases too (hours)")
    parser.add_argument("--only", nargs="+", choices=systems, default=systems, metavar="SYSTEM")
    parser.add_argument("--out", type=Path, default=ROOT / "reports/baselines.json")
    return parser


if __name__ == "__main__":
    sys.exit(main())
