"""The sentences that a trainer reads: kept in YAML beside the code that says them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

# The templates of trainer/situation/ have this word wherever something must be written.
MARK = "PREENCHA"


def intent_names() -> dict[str, str]:
    """Return what each intent that is no situation is called, by its id."""
    return _read(Path(__file__).with_name("intents.yml"))


def sentences(path: Path) -> Callable[..., str]:
    """Return say(key, **values) over the YAML file `path`; a key it lacks raises KeyError."""

    def say(key: str, **values: Any) -> str:
        return _read(path)[key].strip().format(**values)

    return say


@lru_cache
def _read(path: Path) -> dict[str, str]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))
