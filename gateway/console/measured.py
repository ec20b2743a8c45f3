"""What the last measurement was of: a release of the very same need not measure again.

The reference is no part of it: another reference is compared with in a second, without measuring.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from gateway.console.freshness import MODEL

_OF = (MODEL, "config.yml", "domain.yml", "knowledge", "data", "tests/nlu")
_FILE, _REPORT = "results/measured.json", "results/evaluation.json"


def fingerprint(root: Path) -> str:
    """Return the hash of all that is about to be measured."""
    return _hash(root, _OF)


def note_measured(root: Path, of: str, code: int) -> None:
    """Note what was measured; nothing where it did not get to the end (neither 0 nor 1)."""
    if code in (0, 1):
        found = {"of": of, "report": _hash(root, [_REPORT])}
        (root / _FILE).write_text(json.dumps(found), encoding="utf-8")


def is_measured(root: Path) -> bool:
    """Whether the last report is of everything as it is now."""
    try:
        found = json.loads((root / _FILE).read_text(encoding="utf-8"))
        of, report = found["of"], found["report"]
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return False
    return bool(of == fingerprint(root) and report == _hash(root, [_REPORT]))


def _hash(root: Path, names: Sequence[str]) -> str:
    made = hashlib.sha256()
    for name in names:
        path = root / name
        files = sorted(path.rglob("*.yml")) if path.is_dir() else [path]
        for file in files:
            content = file.read_bytes() if file.exists() else b"-"
            made.update(f"{file.relative_to(root)}:{hashlib.sha256(content).hexdigest()}".encode())
    return made.hexdigest()
