"""A copy of this whole project, with fewer phrases, so that training and measuring are quick."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from chaos.places.embedded import ROOT

# As few as the doctor accepts.
MOST = {"data/situations": 60, "data/guide_replies": 40, "data/small_talk": 40,
        "data/out_of_scope": 200, "tests/nlu/heldout/situations": 20,
        "tests/nlu/heldout/replies": 15, "tests/nlu/heldout/small_talk": 5,
        "tests/nlu/heldout/out_of_scope": 20}  # fmt: skip
_ENVIRONMENTS = (".venv", ".venv-gateway")


def copy_project(folder: Path) -> Path:
    """Return the folder of the copy; its environments are those of this project."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    for name in listed.stdout.splitlines():
        if name.startswith(("benchmarks/", "docs/")) or not (ROOT / name).is_file():
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    for name in _ENVIRONMENTS:
        (folder / name).symlink_to((ROOT / name).resolve())
    shutil.copytree(ROOT / "models", folder / "models")
    _shorten(folder)
    return folder


def _shorten(folder: Path) -> None:
    for path in [*folder.glob("data/**/*.yml"), *folder.glob("tests/nlu/heldout/*.yml")]:
        name = path.relative_to(folder).as_posix()
        most = next((n for start, n in MOST.items() if name.startswith(start)), None)
        if most:
            path.write_text("".join(_first(path.read_text("utf-8"), most)), encoding="utf-8")
    # The reference was measured with all phrases.
    (folder / "reports/accepted.json").unlink(missing_ok=True)


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
