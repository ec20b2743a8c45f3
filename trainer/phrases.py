"""Reads labelled phrases from Rasa's NLU files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, where it is there


def read_phrases(folder: Path) -> list[tuple[str, str]]:
    """Return (intent, phrase) for every example below `folder`, in the files' order."""
    return [found for path in sorted(folder.rglob("*.yml")) for found in read_file(path)]


def read_file(path: Path) -> list[tuple[str, str]]:
    """Return (intent, phrase) for every example of one file; none where it is no NLU file."""
    found = []
    for block in _blocks(path):
        if isinstance(block["examples"], str):
            lines = (line.strip() for line in block["examples"].splitlines())
            found += [(block["intent"], line[2:]) for line in lines if line.startswith("- ")]
    return found


def read_torn(folder: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Return (phrase, intents) for the examples that have several, as those of data/ambiguous."""
    return [
        (example["text"], (block["intent"], *example["metadata"]["also"]))
        for path in sorted(folder.glob("*.yml"))
        for block in _blocks(path)
        for example in block["examples"]
    ]


def _blocks(path: Path) -> Iterator[dict[str, Any]]:
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}  # noqa: S506
    yield from (content.get("nlu") or [] if isinstance(content, dict) else [])
