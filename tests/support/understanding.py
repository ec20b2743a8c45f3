"""The trained model, loaded once: a text in, what Rasa would hand to the action out."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

from rasa.core.agent import Agent, load_agent

from assistant.settings import ROOT

MODEL = ROOT / "models" / "omni.tar.gz"


@lru_cache(maxsize=1)
def agent() -> Agent:
    """Return the trained agent; raise where `make train` has not run."""
    if not MODEL.exists():
        raise FileNotFoundError(f"{MODEL}: run `make train` first")
    return asyncio.run(load_agent(model_path=str(MODEL)))


@lru_cache(maxsize=20_000)
def parse(text: str) -> dict[str, Any]:
    """Return the latest message as the action sees it."""
    return asyncio.run(agent().parse_message(text))
