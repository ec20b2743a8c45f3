"""Runs the gateway with the moments of a turn written down: for `make bench BENCH=stages` alone.

OMNI_BENCH_MOMENTS names the file that gets a line of JSON for each turn, by the machine's monotonic
clock, which whoever talks reads as well. Turns come one at a time, or their moments would mix.
"""

from __future__ import annotations

import functools
import json
import os
import time
from pathlib import Path
from typing import Any

from gateway.__main__ import main
from gateway.conversation.consumer import Consumer
from gateway.conversation.inbox import Inbox
from gateway.rasa import Rasa
from gateway.store.work import Work

# What is done, and the moments at which it begins and ends.
MOMENTS: tuple[tuple[type, str, str, str], ...] = (
    (Inbox, "accept", "received", ""),
    (Consumer, "claim", "", "claimed"),
    (Rasa, "ask", "asked", "answered"),
    (Work, "answer", "", "stored"),
)
_at: dict[str, float] = {}


def prepare(file: Path) -> None:
    """Have the moments taken down, and each turn written to `file` once its answer is stored."""
    for owner, name, begins, ends in MOMENTS:
        setattr(owner, name, _noted(getattr(owner, name), begins, ends, file))


def _noted(whole: Any, begins: str, ends: str, file: Path) -> Any:
    @functools.wraps(whole)
    async def noted(*args: Any, **kwargs: Any) -> Any:
        if begins:
            _at[begins] = time.perf_counter()
        found = await whole(*args, **kwargs)
        if ends:
            _at[ends] = time.perf_counter()
        if ends == "stored":
            with file.open("a") as lines:
                lines.write(json.dumps(_at) + "\n")
        return found

    return noted


if __name__ == "__main__":
    prepare(Path(os.environ["OMNI_BENCH_MOMENTS"]))
    main()
