"""Whether the model is older than what it is made of, as the Makefile sees it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

MODEL = "models/omni.tar.gz"
SPACY = "models/spacy/omni_pt/meta.json"
_TRAINED_ON = ("domain.yml", "config.yml", "data", "assistant/dialogue/turn.py",
               "assistant/text.py", "rasa_components/nlu")  # fmt: skip
_SPACY_FROM = ("trainer/spacy_pipeline.py", "data/spacy", "knowledge")


def model_is_stale(root: Path) -> bool:
    """Whether `make train` would train."""
    return _is_older(root / MODEL, (root / name for name in _TRAINED_ON))


def spacy_is_stale(root: Path) -> bool:
    """Whether `make train` would build spaCy's pipeline first."""
    return _is_older(root / SPACY, (root / name for name in _SPACY_FROM))


def mark(root: Path, file: str, began: int) -> None:
    """Note that a file is as new as what it was made of, which was read from `began` (ns) on."""
    os.utime(root / file, ns=(began, began))


def _is_older(made: Path, of: Iterable[Path]) -> bool:
    if not made.exists():
        return True
    then = made.stat().st_mtime_ns
    files = (file for path in of for file in (path.rglob("*") if path.is_dir() else [path]))
    # Folders count: one is newer where a file of it was removed.
    kept = (f for f in files if f.exists() and f.suffix != ".pyc" and f.name != "__pycache__")
    return any(file.stat().st_mtime_ns > then for file in kept)
