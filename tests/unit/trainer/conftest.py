"""A copy of what trainers edit, to be spoilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.settings import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A root with knowledge/, data/, tests/nlu/, domain.yml, and the code that says sentences."""
    for name in ("knowledge", "data", "tests/nlu", "assistant", "actions", "rasa_components"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for name in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path
