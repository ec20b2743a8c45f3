"""Plots as SVG inside the page: no image file, no script."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot  # noqa: E402 - after the choice of what it draws with

Line = tuple[Sequence[float], Sequence[float]]
_STYLE = {
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def lines(title: str, x: str, y: str, series: Mapping[str, Line], logarithmic: bool = True) -> str:
    """Return a plot of some lines."""
    with pyplot.rc_context(_STYLE):
        figure, axes = pyplot.subplots(figsize=(5.2, 3.2), layout="constrained")
        for name, (xs, ys) in series.items():
            axes.plot(xs, ys, marker="o", markersize=3, label=name)
        if logarithmic:
            axes.set_xscale("log")
            axes.set_yscale("log")
        axes.set(title=title, xlabel=x, ylabel=y)
        axes.legend(frameon=False)
    return _svg(figure)


def bars(title: str, y: str, groups: Mapping[str, Mapping[str, float]]) -> str:
    """Return stacked bars: one for each group, a colour for each part."""
    parts = list(dict.fromkeys(name for group in groups.values() for name in group))
    with pyplot.rc_context(_STYLE):
        figure, axes = pyplot.subplots(figsize=(5.2, 3.6), layout="constrained")
        below = [0.0] * len(groups)
        for part in parts:
            heights = [group.get(part, 0.0) for group in groups.values()]
            axes.bar(list(groups), heights, bottom=below, label=part, width=0.6)
            below = [low + height for low, height in zip(below, heights)]  # noqa: B905
        axes.set(title=title, ylabel=y)
        axes.legend(frameon=False, fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    return _svg(figure)


def _svg(figure: pyplot.Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    text = buffer.getvalue()
    before, _, after = text[text.index("<svg") :].partition("<metadata>")
    return before + after.partition("</metadata>")[2]
