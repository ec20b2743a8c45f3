"""The audit log of a project, read from its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

# Lines that are looked through.
MOST_READ = 2000
NEEDED = frozenset(["when", "who", "file", "what"])


def logged(root: Path) -> Iterator[dict[str, Any]]:
    """Yield the last entries of the log, the newest first; a torn line is none."""
    path = root / "var/audit.jsonl"
    lines = path.read_bytes().split(b"\n")[-MOST_READ:] if path.exists() else []
    for line in reversed(lines):
        with suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict) and found.keys() >= NEEDED:
                yield found
