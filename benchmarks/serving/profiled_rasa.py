"""Runs Rasa's command line with the stages of a turn timed: for `make bench BENCH=stages` alone.

OMNI_BENCH_STAGES names the file that gets a line of JSON for each turn: milliseconds by stage.
With OMNI_BENCH_PLAIN=1 it runs as Rasa has it: without rasa_components/action_calls.py, and with
sessions that never end.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from rasa.__main__ import main
from rasa.core.actions.action import RemoteAction
from rasa.core.processor import MessageProcessor

from rasa_components import action_calls, channel
from rasa_components.stores import sessions
from rasa_components.stores.tracker import StrictTrackerStore

FILE = Path(os.environ["OMNI_BENCH_STAGES"])
PLAIN = os.environ.get("OMNI_BENCH_PLAIN") == "1"
_spent: dict[str, float] = defaultdict(float)


def timed(stage: str, owner: Any, name: str) -> None:
    """Have the time that a function takes added to a stage."""
    whole = getattr(owner, name)

    @functools.wraps(whole)
    async def later(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return await whole(*args, **kwargs)
        finally:
            _spent[stage] += 1000 * (time.perf_counter() - start)

    @functools.wraps(whole)
    def now(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return whole(*args, **kwargs)
        finally:
            _spent[stage] += 1000 * (time.perf_counter() - start)

    setattr(owner, name, later if asyncio.iscoroutinefunction(whole) else now)


def told() -> None:
    """Have each turn written down when it ends."""
    whole = channel.run_turn

    async def run_turn(request: Any, message: Any) -> Any:
        _spent.clear()
        start = time.perf_counter()
        answer = await whole(request, message)
        _spent["turn"] = 1000 * (time.perf_counter() - start)
        with FILE.open("a") as file:
            file.write(json.dumps(dict(_spent)) + "\n")
        return answer

    channel.run_turn = run_turn


async def as_rasa_has_it(app: Any, _loop: Any) -> None:
    """Leave the calls of the action server as they are."""
    app.ctx.action_calls = None


def prepare() -> None:
    """Time the stages; undo what was made cheaper where asked to."""
    if PLAIN:
        channel.cheaper_action_calls = as_rasa_has_it
        sessions.LONGEST_SESSION = 10**9
        timed("check of the result", RemoteAction, "_validate_action_result")
    else:
        timed("check of the result", action_calls, "_is_valid")
    timed("nlu", MessageProcessor, "parse_message")
    timed("policy", MessageProcessor, "predict_next_with_tracker_if_should")
    timed("action", RemoteAction, "run")
    timed("action server", action_calls.EndpointConfig, "request")
    timed("store: read", StrictTrackerStore, "_read")
    timed("store: write", StrictTrackerStore, "_write")
    timed("store: questions", StrictTrackerStore, "_ask")
    told()


if __name__ == "__main__":
    prepare()
    sys.exit(main())
