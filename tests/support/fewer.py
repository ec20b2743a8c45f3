"""Fewer phrases in a copy of the project, so that checking, training and measuring it are quick."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from assistant.settings import ROOT

# As few as the doctor accepts.
MOST = {"data/situations": 60, "data/guide_replies": 40, "data/small_talk": 40,
        "data/out_of_scope": 200, "tests/nlu/heldout/situations": 20,
        "tests/nlu/heldout/replies": 15, "tests/nlu/heldout/small_talk": 5,
        "tests/nlu/heldout/out_of_scope": 20}  # fmt: skip


def copied(folder: Path) -> Path:
    """Copy knowledge/, data/, tests/nlu/, domain.yml and config.yml, shortened; return `folder`."""
    for name in ("knowledge", "data", "tests/nlu"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / name, folder / name)
    shorten(folder)
    return folder


def shorten(folder: Path) -> None:
    """Leave the first examples of each intent alone, in the files of MOST below `folder`."""
    for path in [*folder.glob("data/**/*.yml"), *folder.glob("tests/nlu/heldout/*.yml")]:
        name = path.relative_to(folder).as_posix()
        most = next((n for start, n in MOST.items() if name.startswith(start)), None)
        if most:
            path.write_text("".join(_first(path.read_text("utf-8"), most)), encoding="utf-8")


def _first(text: str, most: int) -> list[str]:
    """Return the lines of an NLU file with the first examples of each intent alone."""
    kept, seen = [], 0
    for line in text.splitlines(keepends=True):
        if re.match(r"\s+- intent: ", line):
            seen = 0
        elif re.match(r"      - ", line):
            seen += 1
        if not re.match(r"      - ", line) or seen <= most:
            kept.append(line)
    return kept
