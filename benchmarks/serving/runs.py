"""The circumstances under which a part was measured: when, of which code and model, beside what."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from assistant.settings import ROOT

_CHANGED = ["status", "--porcelain", "--untracked-files=no", "--", ".", ":!reports"]


def observed(work: Callable[[], dict[str, Any]], model: Path | None) -> dict[str, Any]:
    """Return the figures of a part, and the circumstances of its run."""
    load, start, code = os.getloadavg()[0], time.perf_counter(), commit()
    figures = work()
    run = {
        "at": datetime.now(timezone.utc).isoformat(timespec="minutes"),
        "commit": code,
        "model": fingerprint(model) if model else None,
        "seconds": round(time.perf_counter() - start),
        "load_before": round(load, 1),
        "processors": os.cpu_count(),
        "machine": f"{platform.system()} {platform.machine()}",
    }
    return {"figures": figures, "run": run}


def commit(folder: Path = ROOT) -> str:
    """Return the commit of a checkout, "+" behind it where files differ; "-" without git.

    The reports are left out: whoever measures part after part changes them.
    """
    try:
        head, changed = _git(folder, "rev-parse", "--short", "HEAD"), _git(folder, *_CHANGED)
    except (OSError, subprocess.CalledProcessError):
        return "-"
    return f"{head}+" if changed else head


def fingerprint(model: Path) -> str:
    """Return the beginning of a model's SHA-256: parts with the same one used the same model."""
    return hashlib.sha256(model.read_bytes()).hexdigest()[:8]


def _git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout.strip()
