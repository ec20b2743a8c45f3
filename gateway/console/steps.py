"""The steps of a long work: how long each took, and how long it usually takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.console.wording import say
from gateway.store.tables import now

_FILE = "var/steps.json"
# Seconds, where no work has been timed on this machine yet.
FIRST = {
    "check": 10,
    "spacy": 15,
    "train": 120,
    "evaluate": 150,
    "replay": 40,
    "build": 5,
    "serve": 20,
}
MEASURE = ("train", "evaluate")
RELEASE = ("check", "train", "evaluate", "replay")


@dataclass
class Step:
    """A step, and when it began and ended.

    `usual` is false where its time says nothing of the next: what was done before was taken again,
    or all was measured where in general a part is.
    """

    name: str
    began: datetime
    ended: datetime | None = None
    usual: bool = True

    @property
    def seconds(self) -> int:
        """How long it took, or takes so far."""
        return round(((self.ended or now()) - self.began).total_seconds())


def usual(root: Path) -> dict[str, int]:
    """Return how many seconds each step took the last time."""
    with suppress(OSError, ValueError, TypeError):
        found = json.loads((root / _FILE).read_text(encoding="utf-8"))
        return FIRST | {name: int(found[name]) for name in FIRST if name in found}
    return dict(FIRST)


def note_steps(root: Path, steps: Iterable[Step]) -> None:
    """Remember how long steps took that came to their end."""
    took = {step.name: step.seconds for step in steps if step.ended and step.usual}
    path = root / _FILE
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(usual(root) | took), encoding="utf-8")


def forecast(root: Path, names: Sequence[str]) -> str:
    """Return in words how long some steps take, each and together."""
    known = usual(root)
    each = ", ".join(say(f"does_{name}", time=lasting(known[name])) for name in names)
    return say("forecast", total=lasting(sum(known[name] for name in names)), each=each)


def lasting(seconds: float) -> str:
    """Return a time in words: 40 s, 1 min 10 s, 12 min."""
    whole = max(round(seconds), 0)
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min" if not rest or minutes >= 10 else f"{minutes} min {rest} s"
