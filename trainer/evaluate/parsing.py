"""The trained model inside Rasa: a text in, what Rasa would hand to the action out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from rasa.core.agent import Agent, load_agent
from rasa.utils.log_utils import configure_structlog

from assistant.settings import ROOT

MODEL = ROOT / "models" / "omni.tar.gz"
WARM_UP = 50
TIMED, PASSES = 500, 3


@lru_cache(maxsize=1)
def agent() -> Agent:
    """Return the trained agent; raise where `make train` has not run."""
    if not MODEL.exists():
        raise FileNotFoundError(f"{MODEL}: run `make train` first")
    configure_structlog(logging.ERROR)  # else every message is printed, and timed with it
    return asyncio.run(load_agent(model_path=str(MODEL)))


@lru_cache(maxsize=50_000)
def parse(text: str) -> dict[str, Any]:
    """Return the latest message as the action sees it."""
    return asyncio.run(agent().parse_message(text))


def parse_times(texts: Sequence[str]) -> list[float]:
    """Return how long some of the texts take to parse, in ms, after some that are not counted.

    Each is the shortest of three, since the longer ones tell what else the machine did.
    """
    some = texts[:: max(1, len(texts) // TIMED)]
    agent()
    asyncio.run(_times(some[:WARM_UP]))
    passes = [asyncio.run(_times(some)) for _ in range(PASSES)]
    return [min(times) for times in zip(*passes, strict=True)]


async def _times(texts: Sequence[str]) -> list[float]:
    found = []
    for text in texts:
        start = time.perf_counter()
        await agent().parse_message(text)
        found.append(1000 * (time.perf_counter() - start))
    return found
