"""Phrases set apart for measuring and tuning: what is trained on must not be among them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from scipy import sparse

from trainer.closeness import COPY_APART, letters
from trainer.phrases import read_file


@dataclass(frozen=True)
class Apart:
    """The files of the phrases set apart, a row each, and how they are written."""

    files: list[str]
    rows: sparse.csr_matrix

    def near(self, text: str) -> tuple[tuple[str, float], ...]:
        """Return the files with a phrase that is nearly `text`, and how close, closest first."""
        close = np.asarray((self.rows @ letters([text]).T).todense()).ravel()
        found = [at for at in np.argsort(-close) if close[at] >= COPY_APART]
        best: dict[str, float] = {}
        for at in found:
            best.setdefault(self.files[at], round(float(close[at]), 3))
        return tuple(best.items())


def read_apart(root: Path) -> Apart:
    """Read the phrases of tests/nlu, ambiguous ones included."""
    found = [pair for path in sorted((root / "tests/nlu").rglob("*.yml")) for pair in _of(path)]
    files = [str(path.relative_to(root)) for path, _ in found]
    return Apart(files, letters([text for _, text in found]))


def _of(path: Path) -> list[tuple[Path, str]]:
    if "ambiguous" in path.stem:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        items = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
        return [(path, item["text"]) for item in items]
    return [(path, text) for _, text in read_file(path)]
