"""Command line: `python -m chaos`; docs/chaos.md has the rest."""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

import chaos.faults  # noqa: F401 (registers them)
from benchmarks.serving.runs import commit
from chaos import report
from chaos.fault import REGISTER, Fault
from chaos.places.embedded import ROOT
from chaos.places.small import Missing
from chaos.run import PASSED, PLACES, Result, not_run, not_started, run, started


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the faults and write the report; return 0 where all were survived, else 1."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # what was started is stopped
    seed = random.randrange(10**6) if options.seed is None else options.seed
    mode = "short run" if options.quick else f"long run, share {options.share:g} of the counts"
    print(f"seed {seed}, {mode}", flush=True)
    results: list[Result] = []
    made_of = commit()
    before = report.kept(options.out) if options.add else []
    for place, faults in groupby(chosen(options), key=lambda fault: fault.place):
        for result in _in_one_place(place, list(faults), seed, options):
            result.mode, result.at, result.commit = mode, report.now(), made_of
            results.append(_shown(result))
            # At once: a long run that is broken off has its report as well.
            paths = report.write(results, before, options.out)
    print("\n".join(str(path) for path in paths))
    return 0 if all(result.verdict == PASSED for result in results) else 1


def chosen(options: argparse.Namespace) -> list[Fault]:
    """Return the faults that are asked for, by installation."""
    names = options.only or list(REGISTER)
    found = [REGISTER[name] for name in names if times(REGISTER[name], options)]
    return sorted(found, key=lambda fault: list(PLACES).index(fault.place))


def times(fault: Fault, options: argparse.Namespace) -> int:
    """Return how often a fault is made."""
    if options.quick:
        return fault.quick
    return max(1, round(fault.long * options.share)) if fault.long else 0


def _in_one_place(
    kind: str, faults: list[Fault], seed: int, options: argparse.Namespace
) -> Iterator[Result]:
    with ExitStack() as stack:
        try:
            place = stack.enter_context(started(kind, seed, options.keep))
        except Missing as why:
            yield from (not_run(one, seed, times(one, options), why) for one in faults)
            return
        except Exception as error:
            yield from (not_started(one, seed, times(one, options), error) for one in faults)
            return
        if options.keep:
            print(f"{kind}: {place.folder}", flush=True)
        for fault in faults:
            yield asyncio.run(run(fault, place, seed, times(fault, options), options.quick))


def _shown(result: Result) -> Result:
    tally = result.tally
    print(
        f"{result.name}: {result.verdict}; {result.injected} made, {tally.accepted} accepted, "
        f"{tally.answered} answered, {tally.told} told, {tally.lost} lost, {tally.twice} twice, "
        f"{tally.out_of_order} out of order, longest wait {tally.longest_wait:.1f} s, "
        f"{result.seconds:.0f} s {result.figures or ''}",
        flush=True,
    )
    for fault in result.faults[:5]:
        print(f"    {fault[:400]}", flush=True)
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="each a few times: minutes in all")
    parser.add_argument("--share", type=float, default=1.0, help="of the long run's counts")
    parser.add_argument("--only", nargs="+", choices=list(REGISTER), metavar="NAME",
                        help=f"of {', '.join(REGISTER)}")  # fmt: skip
    parser.add_argument("--seed", type=int, help="repeats what is said, and where it is struck")
    parser.add_argument("--keep", action="store_true", help="leave databases and logs for a look")
    parser.add_argument("--add", action="store_true", help="to the report that is there")
    parser.add_argument("--out", type=Path, default=ROOT / "reports", metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main())
