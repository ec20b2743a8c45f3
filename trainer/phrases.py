"""Reads labelled phrases from Rasa's NLU files."""

from __future__ import annotations

from pathlib import Path

import yaml


def read_phrases(folder: Path) -> list[tuple[str, str]]:
    """Return (intent, phrase) for every example below `folder`, in the files' order."""
    found = []
    for path in sorted(folder.rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        blocks = content.get("nlu") or [] if isinstance(content, dict) else []
        for block in blocks:
            lines = (line.strip() for line in block["examples"].splitlines())
            found += [(block["intent"], line[2:]) for line in lines if line.startswith("- ")]
    return found
