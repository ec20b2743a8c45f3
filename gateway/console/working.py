"""The long works of the console, in a process of their own: `python -m gateway.console.working`.

`measure FOLDER quick|full`, or `release FOLDER`. Lines of JSON tell what happens: `step`, `line`,
`weak`, `first`, `differences`, `ask` (then a line "s" or "n" is read), and at last `end` with
whether it went well.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from gateway.console.going import ConsoleRelease, Lines, Runner, Told
from gateway.console.measured import fingerprint, note_measured
from gateway.console.wording import say
from release.publish import Stopped
from release.serving import wait_for
from release.settings import ReleaseSettings
from release.wording import Refused

NICE = 10
ACCEPTED = "reports/accepted.json"


def measure(root: Path, tell: Told, kind: str) -> str:
    """Measure; return what to say of it, or raise Stopped."""
    runner = Runner(root, tell)
    runner.freshen()
    tell(step="evaluate")
    if kind != "quick":
        tell(unusual=True)
    of = fingerprint(root)
    code = runner.evaluate(*(["--quick"] if kind == "quick" else []), "--stages")
    if code not in (0, 1) or not (root / "results/evaluation.json").exists():
        raise Stopped(say("measure_failed"))
    note_measured(root, of, code)
    if not (root / ACCEPTED).exists():
        return say("measure_first")
    return say("measure_worse" if code else "measure_done")


def release(root: Path, tell: Told) -> str:
    """Go through a release; return what to say of it, or raise Stopped or Refused."""
    settings = replace(ReleaseSettings.from_env(), root=root)
    runner = Runner(root, tell)
    checked = runner.check()
    runner.freshen()
    going = ConsoleRelease(settings, runner=runner, checked=checked)
    before = going.shelf.read().active
    with redirect_stdout(Lines(lambda **_: None)):  # type: ignore[type-var]
        version = going.publish()
    tell(step="serve")
    outcome, message = wait_for(settings, version)
    rest = say("served_before", version=before) if before else say("served_none")
    said = say(f"served_{outcome}", version=version, rest=rest, message=message)
    if outcome in ("failed", "late"):
        raise Stopped(said)
    return said


def main() -> None:
    """Do one work; its end is always told."""
    os.nice(NICE)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is not what we tell
    tell = _teller(out)
    kind, root, *more = sys.argv[1:]
    try:
        said = release(Path(root), tell) if kind == "release" else measure(Path(root), tell, *more)
        tell(end=True, text=said)
    except (Stopped, Refused) as error:
        tell(end=False, text=str(error))
    except Exception as error:
        tell(end=False, text=say("work_failed", kind=type(error).__name__))


def _teller(out: TextIO) -> Told:
    def tell(**event: Any) -> None:
        print(json.dumps(event), file=out, flush=True)

    return tell


if __name__ == "__main__":
    main()
