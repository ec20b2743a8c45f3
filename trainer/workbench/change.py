"""What was changed, as values: for the page, the audit log, and taking back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.text import fold
from trainer.workbench.draft import Write, etag_of


@dataclass(frozen=True)
class Edit:
    """One thing changed: what kind, in which file and place, from what to what.

    `secret` values are phrases, which may be a customer's words: the audit log gets their hash.
    """

    what: str
    file: str
    place: str
    before: Any = None
    after: Any = None
    secret: bool = False


@dataclass(frozen=True)
class Change:
    """An edit, who made it, and when (ISO 8601, UTC)."""

    edit: Edit
    who: str
    when: str

    def logged(self) -> dict[str, Any]:
        """Return what the audit log holds: no phrase, only its hash."""
        found = {**asdict(self.edit), "who": self.who, "when": self.when}
        if found.pop("secret"):
            found.update({key: _hashed(found[key]) for key in ("before", "after")})
        return found


@dataclass(frozen=True)
class Applied:
    """What was written: the changes, each file's text before and after, and what it is kept as.

    `skipped` says of each thing that was left out why.
    """

    changes: tuple[Change, ...]
    writes: tuple[Write, ...]
    id: str = ""
    skipped: tuple[str, ...] = ()

    @property
    def etags(self) -> dict[str, str]:
        """The etag of each written file as it is now."""
        return {write.file: etag_of(write.after) for write in self.writes}

    def diff(self) -> str:
        """Return a unified diff, as `git diff` would show it."""
        return "".join(line for write in self.writes for line in _diff(write))


def append(path: Path, changes: Iterable[Change]) -> None:
    """Append a JSON line for each change, all of them or none, and see that they reach the disk."""
    lines = "".join(json.dumps(c.logged(), ensure_ascii=False) + "\n" for c in changes)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log:
        before = os.fstat(log.fileno()).st_size
        try:
            log.write(lines)
            log.flush()
            os.fsync(log.fileno())
        except OSError:
            os.truncate(path, before)
            raise


def _hashed(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_hashed(one) for one in value]
    return value and f"sha256:{sha256(fold(str(value)).encode()).hexdigest()[:16]}"


def _diff(write: Write) -> Iterable[str]:
    before, after = ((text or "").splitlines(keepends=True) for text in (write.before, write.after))
    return unified_diff(before, after, f"a/{write.file}", f"b/{write.file}")
