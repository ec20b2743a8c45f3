"""What the doctor finds: where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.wording import sentences

say = sentences(Path(__file__).with_name("wording.yml"))
PASS, WARN, FAIL = "pass", "warn", "fail"


@dataclass(frozen=True)
class Result:
    """One finding. `place` is a field, an intent or an id; `line` counts from 1, 0 if unknown.

    `by_hand` is what to do for who edits the files or types commands, where that is another thing.
    """

    level: str
    rule: str
    file: str
    place: str
    text: str
    todo: str
    line: int = 0
    by_hand: str = ""

    @property
    def where(self) -> str:
        """Return file, line and place in the form that editors open."""
        line = f":{self.line}" if self.line else ""
        return f"{self.file}{line}" + (f" ({self.place})" if self.place else "")


@dataclass(frozen=True)
class Finding:
    """What a rule yields: a sentence of wording.yml with its values; `rule` is added later.

    The sentence says what is wrong, then, after " | ", what to do in the console, and, after
    another " | ", what to do by hand where that differs.
    """

    level: str
    key: str
    file: str
    place: str = ""
    line: int = 0
    values: tuple[tuple[str, Any], ...] = ()

    def told(self, rule: str) -> Result:
        """Return the result that a reader sees."""
        text, todo, by_hand, *_ = [*say(self.key, **dict(self.values)).split(" | "), "", ""]
        return Result(self.level, rule, self.file, self.place, text, todo, self.line, by_hand)


Findings = Iterator[Finding]


def fail(key: str, file: str, place: str = "", line: int = 0, **values: Any) -> Finding:
    """Return a finding that must be mended."""
    return Finding(FAIL, key, file, place, line, tuple(values.items()))


def warn(key: str, file: str, place: str = "", line: int = 0, **values: Any) -> Finding:
    """Return a finding to look at."""
    return Finding(WARN, key, file, place, line, tuple(values.items()))
