"""What is said about one phrase before it becomes an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Near:
    """A phrase that is there already; `closeness` is 1 for the same letters."""

    text: str
    intent: str
    closeness: float
    source: str


@dataclass(frozen=True)
class Rival:
    """An intent, how probable it is for the phrase now, and its phrases nearest to it."""

    intent: str
    probability: float
    nearest: tuple[Near, ...]


@dataclass(frozen=True)
class Turn:
    """A phrase of `intent` that would be understood otherwise.

    `change` is lost (right before, wrong after), gained, doubted (would be asked about) or
    settled (would no longer be asked about); `before` and `after` are the best intents and their
    probabilities.
    """

    text: str
    intent: str
    source: str
    change: str
    before: tuple[str, float]
    after: tuple[str, float]


@dataclass(frozen=True)
class Advice:
    """`verdict` is refused, copy, redundant, risky, good, or new: the model knows no such intent.

    `sure` says whether the best intent would be believed without asking. `apart` are held-out or
    tuning phrases that are nearly the same: their texts are not given, only their files.
    """

    text: str
    intent: str
    verdict: str
    faults: tuple[str, ...]
    sure: bool
    rivals: tuple[Rival, ...]
    copies: tuple[Near, ...]
    apart: tuple[tuple[str, float], ...]
    addresses: tuple[str, ...]
    turns: tuple[Turn, ...]

    def turned(self, change: str) -> list[Turn]:
        """Return the turns of one kind, those that move furthest first."""
        return [turn for turn in self.turns if turn.change == change]

    def as_dict(self) -> Mapping[str, Any]:
        """Return what JSON can hold."""
        return asdict(self)
