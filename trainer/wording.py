"""The sentences that a trainer reads: kept in YAML beside the code that says them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


def sentences(path: Path) -> Callable[..., str]:
    """Return say(key, **values) over the YAML file `path`; a key it lacks raises KeyError."""

    def say(key: str, **values: Any) -> str:
        return _read(path)[key].strip().format(**values)

    return say


@lru_cache
def _read(path: Path) -> dict[str, str]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))
