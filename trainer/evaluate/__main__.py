"""`python -m trainer.evaluate [--quick | --again | --accept] [--stages]`: measure and compare."""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from functools import partial
from typing import Any

from assistant.knowledge import load_knowledge
from assistant.settings import ROOT, Settings
from trainer.evaluate import gate
from trainer.evaluate.page import day, html, summary
from trainer.evaluate.understood import understood
from trainer.evaluate.wording import wording
from trainer.wording import intent_names

RESULTS = ROOT / "results/evaluation.json"
PAGE = ROOT / "results/evaluation.html"
# What the gate says of the results, for the console.
GATE = ROOT / "results/gate.json"
ACCEPTED = ROOT / "reports/accepted.json"


def main() -> int:
    """Return 0, or 1 where a figure fell by more than chance allows or nothing was measured."""
    arguments = argparse.ArgumentParser(prog="python -m trainer.evaluate", description=__doc__)
    either = arguments.add_mutually_exclusive_group()
    for name in ("quick", "again", "accept"):
        either.add_argument(f"--{name}", action="store_true", help=wording()["help"][name])
    arguments.add_argument("--stages", action="store_true", help=wording()["help"]["stages"])
    chosen = arguments.parse_args()
    if chosen.accept:
        return _accept()
    return _again() if chosen.again else _measure(chosen.quick, chosen.stages)


def _measure(quick: bool, stages: bool) -> int:
    warnings.showwarning = lambda *args, **kwargs: None  # type: ignore[assignment]
    from trainer.evaluate.run import evaluate  # takes seconds: it loads Rasa

    tell = partial(print, flush=True) if stages else lambda _: None
    found = evaluate(quick, sys.stderr.isatty(), tell)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return _report(found)


def _again() -> int:
    """Compare the last results with the reference as it is now, without measuring."""
    found = _read(RESULTS)
    return _none() if found is None else _report(found)


def _accept() -> int:
    found = _read(RESULTS)
    if found is None:
        return _none()
    gate.accept(found, ACCEPTED)
    says, where = wording()["messages"], ACCEPTED.relative_to(ROOT)
    _write_report(found)
    print(says["accepted"].format(path=where, date=day(found["date"]), commit=found["commit"]))
    return 0


def _report(found: dict[str, Any]) -> int:
    said, failed = _write_report(found)
    print(said)
    return 1 if failed else 0


def _write_report(found: dict[str, Any]) -> tuple[str, bool]:
    """Write the page and what the gate says; return the summary, and whether anything fell."""
    accepted = _read(ACCEPTED)
    changes = gate.compare(accepted, found) if accepted else []
    news = [one for one in understood(found, accepted).values() if one.new]
    titles = _titles()
    PAGE.write_text(html(found, changes, accepted, wording(), titles, news), encoding="utf-8")
    texts = {row["key"]: row["texts"] for row in found["intents"]}
    falls = list(gate.falls(changes, texts))
    GATE.write_text(json.dumps(falls, ensure_ascii=False), encoding="utf-8")
    page = str(PAGE.relative_to(ROOT))
    return summary(found, changes, accepted, page, titles, news), bool(falls)


def _titles() -> dict[str, str]:
    known = load_knowledge(Settings().knowledge_dir)
    articles = {one.id: one.title for one in known.articles.values()}
    return articles | intent_names() | {one.id: one.title for one in known.situations.values()}


def _none() -> int:
    print(wording()["messages"]["no_evaluation"], file=sys.stderr)
    return 1


def _read(path: Any) -> dict[str, Any] | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
