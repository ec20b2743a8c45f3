"""What was changed since the live version was made: which files, lines and situations."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gateway.console.log import logged
from gateway.console.places import situation_of
from release.manifest import NAME
from trainer.check.result import Result
from trainer.workbench import kept

_OURS = ("data/", "knowledge/", "tests/nlu/", "domain.yml")


@dataclass(frozen=True)
class Since:
    """`before` has for each changed file its lines as they were; None: they are not known."""

    before: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    situations: frozenset[str] = frozenset()

    def new_lines(self, root: Path, file: str) -> frozenset[str] | None:
        """Return the lines of a changed file that are new; None where that is not known."""
        then = self.before.get(file)
        path = root / file
        if then is None or not path.exists():
            return None
        return frozenset(map(str.strip, path.read_text(encoding="utf-8").splitlines())) - then


class Mine:
    """Tells what was found in what was changed from what stood there before."""

    def __init__(self, root: Path, changed: Since) -> None:
        self._root, self._changed = root, changed
        self._new: dict[str, frozenset[str] | None] = {}
        self._lines: dict[str, list[str]] = {}

    def has(self, found: Result) -> bool:
        """Whether a finding is about a line that is new, or about a changed file as a whole."""
        if found.file not in self._changed.before:
            return False
        if found.file not in self._new:
            self._new[found.file] = self._changed.new_lines(self._root, found.file)
        new = self._new[found.file]
        if new is None or not found.line:
            return True
        return self._line(found) in new or any(
            said in found.text for said in map(_phrase, new) if said
        )

    def _line(self, found: Result) -> str:
        if found.file not in self._lines:
            text = (self._root / found.file).read_text(encoding="utf-8")
            self._lines[found.file] = [line.strip() for line in text.splitlines()]
        lines = self._lines[found.file]
        return lines[found.line - 1] if found.line <= len(lines) else ""


def since(root: Path, bundle: Path | None) -> Since:
    """Return what was changed since a bundle was made, or ever where there is none."""
    start = _made(bundle)
    entries = [one for one in logged(root) if _after(one["when"], start)]
    entries = [one for one in entries if str(one["file"]).startswith(_OURS)]
    found = {situation_of(one["file"], str(one.get("place", ""))) for one in entries}
    before: dict[str, frozenset[str] | None] = dict.fromkeys(one["file"] for one in entries)
    return Since(before | _lines(root, start), frozenset(found - {""}))


def _lines(root: Path, start: datetime | None) -> dict[str, frozenset[str] | None]:
    """Return the lines of each file as they were before the first change that is still kept."""
    found: dict[str, frozenset[str] | None] = {}
    for applied in kept.readable(root):
        if not _after(applied.changes[0].when, start):
            break
        for write in applied.writes:
            found[write.file] = frozenset(map(str.strip, (write.before or "").splitlines()))
    return found


def _made(bundle: Path | None) -> datetime | None:
    if bundle is None:
        return None
    try:
        with zipfile.ZipFile(bundle) as archive:
            return datetime.fromisoformat(json.loads(archive.read(NAME))["created"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _after(when: object, start: datetime | None) -> bool:
    try:
        return start is None or datetime.fromisoformat(str(when)) > start
    except (ValueError, TypeError):
        return False


def _phrase(line: str) -> str:
    """Return a phrase of an example as findings quote it, "" for other lines."""
    return f"“{line[2:][:60]}" if line.startswith("- ") else ""
