"""`make check`: prints what the doctor finds; ends with 1 where something must be mended.

`--all` prints every warning, `--json` everything as JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict

from assistant.settings import ROOT
from trainer.check.examine import RULES, Report, examine
from trainer.check.result import FAIL, PASS, WARN, Result, say

MOST_WARNINGS = 3


def main() -> int:
    """Print the report; return 1 where it failed, else 0."""
    parser = argparse.ArgumentParser(prog="python -m trainer.check")
    parser.add_argument("--all", action="store_true", help=say("help_all"))
    parser.add_argument("--json", action="store_true", help=say("help_json"))
    options = parser.parse_args()
    start = time.monotonic()
    report = examine(ROOT)
    if options.json:
        print(json.dumps([asdict(r) for r in report.results], ensure_ascii=False, indent=1))
    else:
        print(*told(report, options.all), sep="\n")
        print(summary(report, time.monotonic() - start))
    return 1 if report.failed else 0


def told(report: Report, everything: bool = False) -> Iterator[str]:
    """Yield the lines for each rule; warnings beyond the first few only where asked for."""
    for rule in RULES:
        found = [result for result in report.results if result.rule == rule]
        fails = [result for result in found if result.level == FAIL]
        warnings = [result for result in found if result.level == WARN]
        shown = warnings if everything else warnings[:MOST_WARNINGS]
        yield from (_line(result) for result in [*fails, *shown])
        if len(warnings) > len(shown):
            yield say("more", n=len(warnings) - len(shown), title=say(f"title_{rule}"))


def summary(report: Report, seconds: float) -> str:
    """Return the last lines: what is right, and how much is not."""
    right = [rule for rule in RULES if report.level(rule) == PASS]
    fails, warnings = len(report.of(FAIL)), len(report.of(WARN))
    numbers = {"right": len(right), "rules": len(RULES), "fails": fails, "warnings": warnings}
    said = say("summary", seconds=f"{seconds:.1f}".replace(".", ","), **numbers)
    return "\n".join([said, say("failed" if fails else "warned" if warnings else "all_right")])


def _line(result: Result) -> str:
    what = result.by_hand or result.todo
    todo = f"\n         {say('todo')} {what}" if what else ""
    return f"{say(result.level)} {result.where}: {result.text}{todo}"


if __name__ == "__main__":
    sys.exit(main())
