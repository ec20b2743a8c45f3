"""`python -m trainer.evaluate [--quick | --accept]`: measure, compare, report."""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from typing import Any

from assistant.knowledge import load_knowledge
from assistant.settings import ROOT, Settings
from trainer.evaluate import gate
from trainer.evaluate.page import day, html, summary
from trainer.evaluate.wording import wording

RESULTS = ROOT / "results/evaluation.json"
PAGE = ROOT / "results/evaluation.html"
ACCEPTED = ROOT / "reports/accepted.json"


def main() -> int:
    """Return 0, or 1 where a figure fell by more than chance allows or nothing was measured."""
    arguments = argparse.ArgumentParser(prog="python -m trainer.evaluate", description=__doc__)
    either = arguments.add_mutually_exclusive_group()
    either.add_argument("--quick", action="store_true", help=wording()["help"]["quick"])
    either.add_argument("--accept", action="store_true", help=wording()["help"]["accept"])
    chosen = arguments.parse_args()
    return _accept() if chosen.accept else _measure(chosen.quick)


def _measure(quick: bool) -> int:
    warnings.showwarning = lambda *args, **kwargs: None  # type: ignore[assignment]
    from trainer.evaluate.run import evaluate  # takes seconds: it loads Rasa

    found = evaluate(quick, show=sys.stderr.isatty())
    accepted = _read(ACCEPTED)
    changes = gate.compare(accepted, found) if accepted else []
    known = load_knowledge(Settings().knowledge_dir).situations
    titles = {one.id: one.title for one in known.values()}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    PAGE.write_text(html(found, changes, accepted, wording(), titles), encoding="utf-8")
    print(summary(found, changes, accepted, str(PAGE.relative_to(ROOT))))
    return 1 if any(row["failed"] for row in changes) else 0


def _accept() -> int:
    says = wording()["messages"]
    found = _read(RESULTS)
    if found is None:
        print(says["no_evaluation"], file=sys.stderr)
        return 1
    gate.accept(found, ACCEPTED)
    where = ACCEPTED.relative_to(ROOT)
    print(says["accepted"].format(path=where, date=day(found["date"]), commit=found["commit"]))
    return 0


def _read(path: Any) -> dict[str, Any] | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
