"""The report's plots as inline SVG, in the colours of the page, light or dark."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

# Colours that stand for the page's own: each becomes a CSS variable.
INK, FAINT, ACCENT, SECOND, BAND = "#010101", "#020202", "#030303", "#040404", "#050505"
VARIABLES = {INK: "ink", FAINT: "faint", ACCENT: "accent", SECOND: "second", BAND: "band"}
WIDTH = 4.6
STYLE = {
    "svg.fonttype": "none", "font.size": 10, "axes.edgecolor": FAINT, "axes.labelcolor": INK,
    "text.color": INK, "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": True, "grid.color": FAINT, "grid.linewidth": 0.5,
    "axes.axisbelow": True, "legend.frameon": False, "legend.fontsize": 9,
}  # fmt: skip
Rows = Sequence[Mapping[str, Any]]


def draw(evaluation: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, str]:
    """Return the plots of an evaluation as SVG, by name; `words` are wording.yml's."""
    says = words["plots"]
    noise = [row for row in evaluation["figures"] if row["key"].startswith("noise/")]
    systems = [_named(row, words["baselines"]) for row in evaluation["baselines"]]
    with matplotlib.rc_context(STYLE):
        made = {
            "baselines": _dots(_percent(systems, "first"), says["baselines"], None),
            "noise": _dots(_noise(noise), says["noise"], noise[0]["target"] * 100),
            "reliability": _reliability(evaluation["reliability"]["bins"], says),
            "risk": _risk(evaluation["risk"], says),
        }
        if evaluation["curve"]:
            made["curve"] = _curve(evaluation["curve"], says["curve"])
            made["gain"] = _dots(_gains(evaluation["curve"]["situations"]), says["gain"], None)
    return made


def _named(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {**row, "label": names.get(row["name"], row["name"])}


def _percent(rows: Rows, value: str) -> list[tuple[str, float, float, float]]:
    return [(r["label"], 100 * r[value], 100 * r["low"], 100 * r["high"]) for r in rows]


def _noise(rows: Rows) -> list[tuple[str, float, float, float]]:
    short = [{**row, "label": row["label"].rpartition(": ")[2]} for row in rows]
    return _percent(short, "value")


def _gains(rows: Rows) -> list[tuple[str, float, float, float]]:
    ordered = sorted(rows, key=lambda row: (-row["gain"], row["situation"]))
    reach = [(r["situation"], r["gain"] * 100, 196 * (r["error"] or 0.0)) for r in ordered]
    return [(name, gain, gain - error, gain + error) for name, gain, error in reach]


def _dots(rows: Sequence[tuple[str, float, float, float]], title: str, target: float | None) -> str:
    """Draw a dot with its interval for each row, the first on top."""
    figure, axes = _axes(0.7 + 0.27 * len(rows))
    for y, (_, value, low, high) in enumerate(rows):
        axes.plot([low, high], [y, y], color=ACCENT, linewidth=2, solid_capstyle="round")
        axes.plot([value], [y], "o", color=ACCENT, markersize=6)
    axes.set_yticks(range(len(rows)), [row[0] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(False, axis="y")
    if target is not None:
        axes.axvline(target, color=SECOND, linestyle="--", linewidth=1.5)
    axes.set_xlabel(title)
    return _svg(figure, title)


def _reliability(bins: Rows, says: Mapping[str, Any]) -> str:
    figure, axes = _axes(3.4)
    axes.plot([0, 100], [0, 100], "--", color=SECOND, linewidth=1.5, label=says["honest"])
    for row in bins:
        x = 100 * row["confidence"]
        axes.plot([x, x], [100 * row["low"], 100 * row["high"]], color=ACCENT, linewidth=2)
        axes.plot([x], [100 * row["right"]], "o", color=ACCENT, markersize=6)
        axes.annotate(str(row["n"]), (x, 100 * row["high"]), (0, 3), textcoords="offset points",
                      ha="center", fontsize=8)  # fmt: skip
    axes.set_ylim(0, 108)
    axes.legend(loc="lower right")
    return _labelled(figure, axes, says["reliability"])


def _risk(risk: Mapping[str, Any], says: Mapping[str, Any]) -> str:
    figure, axes = _axes(3.2)
    for name, style, colour in (("confident", "--", SECOND), ("points", "-", ACCENT)):
        xs, ys = ([100 * p[value] for p in risk[name]] for value in ("coverage", "risk"))
        axes.plot(xs, ys, style, color=colour, linewidth=2, label=says["risk"][name])
    chosen = risk["chosen"]
    at = f"{chosen['sure']:.2f}".replace(".", ",")
    xs, ys = [100 * chosen["coverage"]], [100 * chosen["risk"]]
    axes.plot(xs, ys, "o", color=ACCENT, markersize=8, label=says["chosen"].format(at))
    axes.set_ylim(bottom=0)
    axes.legend(loc="best")
    return _labelled(figure, axes, says["risk"])


def _curve(curve: Mapping[str, Any], says: Mapping[str, str]) -> str:
    figure, axes = _axes(3.0)
    xs = [100 * part for part in curve["fractions"]]
    low, high, share = ([100 * p[k] for p in curve["overall"]] for k in ("low", "high", "share"))
    axes.fill_between(xs, low, high, color=BAND, linewidth=0)
    axes.plot(xs, share, "o-", color=ACCENT, linewidth=2)
    axes.set_xticks(xs)
    return _labelled(figure, axes, says)


def _axes(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(_tick))
    return figure, axes


def _tick(value: float, _: object) -> str:
    return f"{value:.10g}".replace(".", ",")


def _labelled(figure: Figure, axes: Axes, says: Mapping[str, str]) -> str:
    axes.set_xlabel(says["x"])
    axes.set_ylabel(says["y"])
    return _svg(figure, f"{says['y']} / {says['x']}")


def _svg(figure: Figure, title: str) -> str:
    """Return the figure as an SVG element: same each time, in the page's colours and font."""
    matplotlib.rcParams["svg.hashsalt"] = title  # ids apart from those of the other plots
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    svg = out.getvalue()[out.getvalue().index("<svg") :]
    for colour, name in VARIABLES.items():
        svg = svg.replace(colour, f"var(--{name})")
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)
    svg = re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', "", svg, count=1)
    return svg.replace("<svg", f'<svg role="img" aria-label="{title}"', 1)
