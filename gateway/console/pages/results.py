"""What pages show of the last measurement: a trainer's own situations, and what fell."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.console.guard import Seen
from gateway.console.live import live_bundle
from gateway.console.measured import is_measured
from gateway.console.scores import falls, scores
from gateway.console.since import since


async def results(seen: Seen) -> dict[str, Any]:
    """Return the scores of what was changed since the live version, and what fell."""
    names = await seen.console.library.names()

    def read() -> dict[str, Any]:
        root = seen.console.settings.console.root
        own = since(root, live_bundle(seen.console)).situations
        return {
            "own": own, "scores": scores(root, names, own), "falls": falls(root, names),
            "current": is_measured(root),
        }  # fmt: skip

    return await asyncio.to_thread(read)
