"""`make audit`: 0 where nothing is open, 1 where something is, 2 where nobody could be asked.

pip-audit itself exits 0 with "No known vulnerabilities found" where the advisory service answers
nothing at all, so its report is judged here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.audit.judging import Verdict, judge, read_accepted, read_pinned

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".tools" / "audit" / "bin" / "pip-audit"
# What is served, and what it is built and tested with.
FILES = ("gateway", "rasa", "actions", "gateway-dev", "rasa-dev", "audit", "uv")
ACCEPTED = ROOT / "requirements" / "audit.yml"
SECONDS = 900
_SHOWN = 3
_WHY = "Run it where the advisory service of the package index answers: docs/security.md."


class NotAsked(Exception):
    """The advisory service could not be asked; the message is its last line."""


def main() -> int:
    """Audit every requirements file and say what is open."""
    try:
        decided = read_accepted(ACCEPTED)
        pinned = [read_pinned(_file(name).read_text(encoding="utf-8")) for name in FILES]
        reports = [_report(name) for name in FILES]
        verdict = judge(reports, decided, datetime.now(UTC).date(), pinned)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    except (NotAsked, OSError, subprocess.TimeoutExpired) as error:
        print(f"Nothing was audited: {error}", file=sys.stderr)
        return 2
    return _say(verdict)


def _say(verdict: Verdict) -> int:
    for line in verdict.accepted:
        print(f"accepted: {line}")
    for line in verdict.faults:
        print(line, file=sys.stderr)
    if verdict.unasked:
        print(*verdict.unasked[:_SHOWN], sep="\n", file=sys.stderr)
        number = len(verdict.unasked)
        print(
            f"{number} packages were not audited, so nothing is known of them. {_WHY}",
            file=sys.stderr,
        )
        return 2
    print(f"{len(verdict.faults)} open, {len(verdict.accepted)} accepted.")
    return 1 if verdict.faults else 0


def _file(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def _report(name: str) -> dict[str, Any]:
    options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "-f", "json"]
    found = subprocess.run(
        [str(PROGRAM), *options, "-r", str(_file(name))],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    try:
        return dict(json.loads(found.stdout))
    except ValueError:
        lines = found.stderr.strip().splitlines()
        raise NotAsked(f"{name}: {lines[-1] if lines else found.returncode}") from None


if __name__ == "__main__":
    sys.exit(main())
