"""One JSON and one page of what was survived."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from chaos.run import PASSED, Result

Row = dict[str, Any]


def kept(folder: Path) -> list[Row]:
    """Return the rows of the report that is there, none where none is."""
    file = folder / "chaos.json"
    found: list[Row] = json.loads(file.read_text())["faults"] if file.exists() else []
    return found


def write(results: Sequence[Result], before: Sequence[Row], folder: Path) -> list[Path]:
    """Write chaos.json and chaos.html; return their paths.

    Rows of `before` stay where the fault was not made anew.
    """
    made = {result.name: result.as_json() for result in results}
    names = [*(row["name"] for row in before), *made]
    older = {row["name"]: row for row in before}
    rows = [made.get(name) or older[name] for name in dict.fromkeys(names)]
    found = {
        "at": now(),
        "processors": os.cpu_count(),
        "machine": f"{platform.system()} {platform.machine()}",
        "seconds": round(sum(row["seconds"] for row in rows)),
        "passed": sum(row["verdict"] == PASSED for row in rows),
        "faults": rows,
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (folder / "chaos.json").write_text(text + "\n", encoding="utf-8")
    (folder / "chaos.html").write_text(page(found), encoding="utf-8")
    return [folder / "chaos.json", folder / "chaos.html"]


def now() -> str:
    """Return the minute, as reports have it."""
    return datetime.now(timezone.utc).isoformat(timespec="minutes")


def page(found: dict[str, Any]) -> str:
    """Return the page of what is in chaos.json."""
    loader = FileSystemLoader(Path(__file__).parent)
    pages = Environment(loader=loader, autoescape=select_autoescape(["html"]))
    return pages.get_template("page.html").render(found=found)
