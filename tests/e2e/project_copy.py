"""A copy of this whole project, with fewer phrases, so that training and measuring are quick."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from chaos.places.embedded import ROOT
from tests.support.fewer import shorten

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
    shorten(folder)
    # The reference was measured with all phrases.
    (folder / "reports/accepted.json").unlink(missing_ok=True)
    return folder
