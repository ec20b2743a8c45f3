"""The sentences of texts.yml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """Return what texts.yml holds."""
    return dict(yaml.safe_load(Path(__file__).with_name("texts.yml").read_text(encoding="utf-8")))


def say(key: str, **values: Any) -> str:
    """Return the sentence under a dotted key ("refused.unsigned"), filled in."""
    found: Any = texts()
    for part in key.split("."):
        found = found[part]
    return str(found).format(**values)


class Refused(ValueError):
    """A bundle, a key or a command that is not accepted; the text is one line for people."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key = key
        super().__init__(say(key, **values))
