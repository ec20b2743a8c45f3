"""What the version in a folder answers to texts: `python -m trainer.answers` within that folder.

Texts come as one JSON list by standard input and leave as one JSON list by standard output; they
are people's own words, so they are written nowhere. Each answer is a first turn's: what opens, what
is asked about, or whether nothing is.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from assistant.cases import CaseStore
from assistant.dialogue.talk import World
from assistant.dialogue.turn import REPLIES, SMALL_TALK, Turn, read_turn
from assistant.knowledge import load_knowledge
from assistant.retrieval import Retriever
from assistant.settings import Settings

Parse = Callable[[str], Mapping[str, Any]]


def main() -> int:
    """Answer the texts with models/omni.tar.gz and knowledge/ of the current folder."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    warnings.showwarning = lambda *args, **kwargs: None  # type: ignore[assignment]
    texts = json.load(sys.stdin)
    parse, known = _parser(Path("models/omni.tar.gz")), world(Path("knowledge"))
    json.dump([answer(read_turn(parse(text)), known) for text in texts], out, ensure_ascii=False)
    out.close()
    return 0


def world(folder: Path) -> World:
    """Return the knowledge of a folder, with cases in memory."""
    knowledge = load_knowledge(folder)
    return World(knowledge, Retriever(knowledge), CaseStore("sqlite://"), Settings())


def answer(turn: Turn, known: World) -> dict[str, Any]:
    """Return the way a text is taken and the situations (or the reply) that it is taken for."""
    from trainer.evaluate.conversation import answer as first_turn

    if turn.intent in REPLIES | SMALL_TALK:
        return {"way": "reply", "names": [turn.intent]}
    found = first_turn(turn, known)
    if found.opened:
        return {"way": "opened", "names": [found.opened]}
    if found.offered:
        return {"way": "asked", "names": sorted(found.offered)}
    return {"way": "articles" if found.articles else "refused", "names": []}


def _parser(model: Path) -> Parse:
    import asyncio

    from rasa.core.agent import load_agent
    from rasa.utils.log_utils import configure_structlog

    logging.disable(logging.CRITICAL)
    configure_structlog(logging.CRITICAL)
    agent = asyncio.run(load_agent(model_path=str(model)))
    return lambda text: dict(asyncio.run(agent.parse_message(text)))


if __name__ == "__main__":
    sys.exit(main())
