"""A copy of what trainers edit, to be spoilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.fewer import copied


@pytest.fixture(scope="session")
def shortened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with knowledge/, data/, tests/nlu/, domain.yml and config.yml, and fewer phrases."""
    return copied(tmp_path_factory.mktemp("shortened"))


@pytest.fixture
def copy(shortened: Path, tmp_path: Path) -> Path:
    """The same, of one's own."""
    return Path(shutil.copytree(shortened, tmp_path, dirs_exist_ok=True))
