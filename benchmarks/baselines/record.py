"""reports/baselines.json: its rows, which trainer/evaluate/baselines.py reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

VERSION = 1
WORDS: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("wording.yml").read_text(encoding="utf-8")
)


def name_of(system: str, per_intent: int | None) -> str:
    """Return what a trainer reads: the system, and how much it learnt."""
    form = WORDS["some"] if per_intent else WORDS["all"]
    return str(form.format(name=WORDS["systems"][system], per_intent=per_intent))


def share(guesses: Sequence[str], labels: Sequence[str]) -> float:
    """Return the share of guesses that are right, from 0 to 1."""
    return sum(g == label for g, label in zip(guesses, labels, strict=True)) / len(labels)


def source_of(system: str, phrases: int, measured: str) -> str:
    """Return what was measured, on how many training phrases and when."""
    source = WORDS["sources"][system]
    return str(WORDS["source"].format(source=source, phrases=phrases, measured=measured))


def keep(path: Path, row: dict[str, Any], measured: str, order: Sequence[str]) -> None:
    """Put a row into the file, in place of the one of that name; the rows in `order` of names.

    The date of the file is that of its oldest row; rows of names not in `order` come last.
    """
    kept = json.loads(path.read_text(encoding="utf-8"))["systems"] if path.exists() else []
    rows = [one for one in kept if one["name"] != row["name"]] + [{**row, "measured": measured}]
    places = {name: place for place, name in enumerate(order)}
    rows.sort(key=lambda one: places.get(one["name"], len(places)))
    found = {
        "measured": min(one["measured"] for one in rows), "version": VERSION, "systems": rows,
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
