"""Writes the comparison: JSON, one self-contained page, and a table for the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.nlu.comparing import Comparison, compare, read_published

HERE = Path(__file__).parent
COLUMNS = ("task", "ours", "DIET", "logistic", "best published", "time", "size")


def comparisons(found: Mapping[str, Any], peers: Mapping[str, Any]) -> list[Comparison]:
    """Return a comparison for each task of intents that was run."""
    tasks = read_published()["tasks"]
    return [
        compare(name, result, peers.get(name, {}), tasks[name])
        for name, result in found["tasks"].items()
        if "accuracies" in result
    ]


def write(found: Mapping[str, Any], peers: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write bench_nlu.json and bench_nlu.html into `folder`; return their paths."""
    published = read_published()
    compared = comparisons(found, peers)
    retrieval = {
        name: {**published["tasks"][name], "figures": result["figures"]}
        for name, result in found["tasks"].items()
        if "accuracies" not in result
    }
    folder.mkdir(parents=True, exist_ok=True)
    as_json, as_page = folder / "bench_nlu.json", folder / "bench_nlu.html"
    content = {**found, "compared": [asdict(one) for one in compared]}
    as_json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    page = _template().render(
        found=found, tasks=compared, retrieval=retrieval, sources=published["sources"]
    )
    as_page.write_text(page, encoding="utf-8")
    return [as_json, as_page]


def _template() -> Any:
    loader = FileSystemLoader(HERE)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("page.html")


def table(found: Mapping[str, Any], compared: Sequence[Comparison]) -> Iterator[str]:
    """Yield the lines of a table of accuracies in per cent, then those of retrieval."""
    rows = [COLUMNS, *(_row(one) for one in compared)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    for name, result in found["tasks"].items():
        if "accuracies" not in result:
            values = (f"{k} {100 * v['value']:.1f}" for k, v in result["figures"].items())
            yield f"{name}: {', '.join(values)}"


def _row(one: Comparison) -> tuple[str, ...]:
    ours, best = one.ours, one.best_published
    peers = [one.peer(system) for system in ("rasa-diet", "rasa-logistic")]
    return (
        one.id,
        f"{ours.value:.1f} [{ours.low:.1f}, {ours.high:.1f}]",
        *(f"{peer.value:.1f}" if peer else "-" for peer in peers),
        f"{best.value:g} {best.name}" if best else "-",
        f"{one.time_share:.3f}" if one.time_share is not None else "-",
        f"{one.size / 1e6:.2f} MB",
    )
