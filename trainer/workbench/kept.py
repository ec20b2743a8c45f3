"""What was changed lately, file by file, so that it can be shown and taken back later.

The audit log holds no phrase, for good; these files hold the texts of the changed files, and go
away: the newest MOST stay, and none for longer than DAYS.
"""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trainer.workbench.change import Applied, Change, Edit
from trainer.workbench.draft import Write
from trainer.workbench.errors import Missing, missing

MOST, DAYS = 300, 30
_FOLDER, _SUFFIX = "var/changes", ".json.gz"


def keep(root: Path, id: str, applied: Applied) -> None:
    """Keep what was written under an id that sorts by time; forget what is old."""
    folder = root / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    content = {"changes": [asdict(c) for c in applied.changes],
               "writes": [asdict(w) for w in applied.writes],
               "skipped": applied.skipped}  # fmt: skip
    part = folder / f".{id}.part"
    part.touch(mode=0o600)
    part.write_bytes(gzip.compress(json.dumps(content, ensure_ascii=False).encode(), 3))
    part.replace(folder / f"{id}{_SUFFIX}")
    _forget(folder)


def discard(root: Path, id: str) -> None:
    """Keep no trace of what was not written after all."""
    for name in (f".{id}.part", f"{id}{_SUFFIX}"):
        (root / _FOLDER / name).unlink(missing_ok=True)


def ids(root: Path) -> list[str]:
    """Return the ids of what is kept, the newest first."""
    found = (path.name.removesuffix(_SUFFIX) for path in (root / _FOLDER).glob(f"*{_SUFFIX}"))
    return sorted(found, reverse=True)


def read(root: Path, id: str) -> Applied:
    """Return what was written; raise Missing where it is not kept, not any more, or spoilt."""
    path = root / _FOLDER / f"{id}{_SUFFIX}"
    if id not in ids(root):
        raise missing("not_kept")
    try:
        found: Mapping[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError, zlib.error):
        raise missing("not_kept") from None
    writes = tuple(Write(**one) for one in found["writes"])
    return Applied(_changes(found["changes"]), writes, id, tuple(found.get("skipped", ())))


def readable(root: Path) -> Iterator[Applied]:
    """Yield what is kept and can be read, the newest first."""
    for id in ids(root):
        with suppress(Missing):
            yield read(root, id)


def new_id(root: Path) -> str:
    """Return an id after all that are there; the workbench's lock keeps others from it."""
    newest = next(iter(ids(root)), "")
    return max(f"{time.time_ns():020}", f"{int(newest or 0) + 1:020}")


def _changes(found: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    return tuple(Change(Edit(**one["edit"]), one["who"], one["when"]) for one in found)


def _forget(folder: Path) -> None:
    limit = time.time() - DAYS * 24 * 3600
    for n, path in enumerate(sorted(folder.glob(f"*{_SUFFIX}"), reverse=True)):
        if n >= MOST or path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
