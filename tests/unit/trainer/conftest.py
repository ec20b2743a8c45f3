"""A copy of what trainers edit, to be spoilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.settings import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A root with knowledge/, data/, tests/nlu/, domain.yml and config.yml."""
    for name in ("knowledge", "data", "tests/nlu"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path
