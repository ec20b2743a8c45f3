"""Command line: `python -m benchmarks.nlu --data DIR`; docs/benchmarks.md has the rest."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from assistant.settings import ROOT
from benchmarks.nlu.fetch import WrongData, check, fetch, read_sources


def main(arguments: list[str] | None = None) -> int:
    """Run; return 0, or 2 where there are no data or the wrong ones."""
    options = _parser().parse_args(arguments)
    try:
        if options.fetch:
            fetch(options.fetch, read_sources())
        folder = options.fetch or options.data
        if folder is None:
            raise WrongData("no data: give --data DIR, --fetch DIR or OMNI_BENCH_DATA")
        check(folder, read_sources())
    except WrongData as fault:
        print(fault, file=sys.stderr)
        return 2
    return _measure(folder, options)


def _measure(folder: Path, options: argparse.Namespace) -> int:
    # Imported late: Rasa takes seconds, and a wrong folder should be said at once.
    from benchmarks.nlu import report, run
    from benchmarks.nlu.retrieving import SHARES
    from benchmarks.nlu.tasks import TASKS

    known = [*TASKS, *SHARES]
    names = options.only or known
    if unknown := set(names) - set(known):
        print(f"no such task: {sorted(unknown)}; there are {known}", file=sys.stderr)
        return 2
    start = time.monotonic()
    if options.peers:
        run.run_peers(folder, names)
    found, peers = run.run(folder, names), run.read_peers()
    for line in report.table(found, report.comparisons(found, peers)):
        print(line)
    for path in report.write(found, peers, options.out):
        print(path)
    print(f"{time.monotonic() - start:.0f} s")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nlu", description=__doc__)
    given = os.environ.get("OMNI_BENCH_DATA")
    parser.add_argument("--data", type=Path, default=Path(given) if given else None, metavar="DIR")
    parser.add_argument("--fetch", type=Path, metavar="DIR", help="download into DIR, then run")
    parser.add_argument("--peers", action="store_true", help="train Rasa's pipelines too (hours)")
    parser.add_argument("--only", nargs="+", metavar="TASK", help="these tasks alone")
    parser.add_argument("--out", type=Path, default=ROOT / "results", metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main())
