"""Plots drawn here, as SVG without styles: classes alone, which the style sheet knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.console.wording import say
from trainer.figures.counting import CheckFigures, SituationFigures
from trainer.figures.runs import RESOLUTIONS

WIDTH, ROW, BAR, LABEL = 760, 34, 16, 290


@dataclass(frozen=True)
class Piece:
    """A part of a bar: where it begins, how long it is, and what it stands for."""

    x: float
    width: float
    kind: str
    count: int


@dataclass(frozen=True)
class Bar:
    """One bar with its label."""

    y: int
    label: str
    pieces: tuple[Piece, ...]
    total: int


@dataclass(frozen=True)
class Plot:
    """Bars below one another."""

    bars: tuple[Bar, ...]
    kinds: tuple[str, ...]

    @property
    def height(self) -> int:
        """How high it is."""
        return ROW * len(self.bars) + 8


def situations_plot(found: Sequence[SituationFigures], titles: Mapping[str, str]) -> Plot:
    """Return how what was started came out, a bar for each situation."""
    kinds = tuple(str(kind) for kind in RESOLUTIONS)
    rows = [(titles.get(s.situation, say("gone")), [(k, int(getattr(s, k))) for k in kinds])
            for s in found]  # fmt: skip
    return _plot(rows, kinds)


def checks_plot(found: Sequence[CheckFigures], titles: Mapping[str, str]) -> Plot:
    """Return what each check of a situation showed."""
    kinds = ("solved", "menu_not_found", "no_permission", "left", "silent")
    gone = say("gone_check")
    rows = [(titles.get(one.check, gone), [(kind, int(getattr(one, kind))) for kind in kinds])
            for one in found]  # fmt: skip
    return _plot(rows, kinds)


def _plot(rows: Sequence[tuple[str, list[tuple[str, int]]]], kinds: tuple[str, ...]) -> Plot:
    most = max((sum(n for _, n in counts) for _, counts in rows), default=0) or 1
    scale = (WIDTH - LABEL - 60) / most
    return Plot(tuple(_bar(at, *row, scale) for at, row in enumerate(rows)), kinds)


def _bar(at: int, label: str, counts: list[tuple[str, int]], scale: float) -> Bar:
    pieces, x = [], float(LABEL)
    for kind, count in counts:
        if count:
            pieces.append(Piece(round(x, 1), round(count * scale, 1), kind, count))
            x += count * scale
    return Bar(ROW * at + 4, label, tuple(pieces), sum(count for _, count in counts))
