"""What the running installation says of itself, in the file that its supervisor writes."""

from __future__ import annotations

import json
import os
import time
from typing import Any, Literal

from release.settings import ReleaseSettings

Outcome = Literal["serving", "failed", "late", "nobody"]
WAIT_SECONDS = 240.0
_STEP = 0.1


def status(settings: ReleaseSettings) -> dict[str, Any] | None:
    """Return what the supervisor says, None where none runs."""
    try:
        found = json.loads(settings.status_file.read_text(encoding="utf-8"))
        os.kill(found["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return dict(found)


def wait_for(
    settings: ReleaseSettings, version: str, seconds: float = WAIT_SECONDS
) -> tuple[Outcome, str]:
    """Wait until a version is served; return what came of it, and why where it failed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = status(settings)
        if found is None:
            return "nobody", ""
        if found["version"] == version:
            return "serving", ""
        if version in found["failed"] and found["wanted"] != version:
            return "failed", str(found["failed"][version])
        time.sleep(_STEP)
    return "late", ""
