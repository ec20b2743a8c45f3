"""Files as they would be after a change; nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from trainer.workbench.errors import missing, refuse
from trainer.workbench.roundtrip import changed_line, parse, read_values, render

# Texts that ruamel is known to write as they are: seeing it takes a second for a large file.
_KEPT: set[str] = set()


@dataclass(frozen=True)
class Write:
    """A file's text before and after; None where it does not exist."""

    file: str
    before: str | None
    after: str | None


class Draft:
    """Reads files below `root` once each, and holds what becomes of them.

    A file is changed either through `content` (YAML, edited in place) or through `put`. `skipped`
    says of each thing that a plan left out why.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, str | None] = {}
        self._content: dict[str, Any] = {}
        self._whole: dict[str, str | None] = {}
        self.skipped: list[str] = []

    def text(self, file: str) -> str | None:
        """Return a file's text as it is now, this draft's changes left out; None without one."""
        if file not in self._read:
            path = self._root / file
            self._read[file] = path.read_bytes().decode("utf-8") if path.exists() else None
        return self._read[file]

    def values(self, file: str) -> Any:
        """Return a file's YAML as plain values, every scalar a text; raise Missing or Refused."""
        if (text := self.text(file)) is None:
            raise missing("not_there", file=file)
        return read_values(text, file)

    def content(self, file: str) -> Any:
        """Return a file's YAML to be edited in place; raise Missing or Refused."""
        if file not in self._content:
            text = self.text(file)
            if text is None:
                raise missing("not_there", file=file)
            self._content[file] = parse(text, file)
        return self._content[file]

    def put(self, file: str, text: str | None) -> None:
        """Give a file a whole new text; None removes it."""
        self.text(file)
        self._content.pop(file, None)
        self._whole[file] = text

    def files(self, pattern: str) -> list[str]:
        """Return the files that match a pattern below the root, put or removed ones included."""
        found = {str(p.relative_to(self._root)) for p in self._root.glob(pattern)}
        found |= {f for f, text in self._whole.items() if text and Path(f).match(pattern)}
        return sorted(f for f in found if self._whole.get(f, "") is not None)

    def writes(self) -> list[Write]:
        """Return what differs from the disk; raise Refused where YAML would not be kept."""
        found = []
        for file, content in self._content.items():
            text = self.text(file) or ""
            after = render(content, text)
            if after != text:
                _kept(file, text)
                _KEPT.add(etag_of(after))
                found.append(Write(file, text, after))
        found += [Write(f, self.text(f), after) for f, after in self._whole.items()]
        return [write for write in found if write.before != write.after]


def etag_of(text: str | None) -> str:
    """Return what tells one version of a text from another; "" where there is no file."""
    return "" if text is None else sha256(text.encode()).hexdigest()[:16]


def _kept(file: str, text: str) -> None:
    if etag_of(text) in _KEPT:
        return
    if line := changed_line(text, file):
        raise refuse("unkept", file=file, line=line)
    _KEPT.add(etag_of(text))
