"""A process of its own that says what texts are about: `python -m gateway.conversation.guessing`.

Loading and fitting take seconds of one core: in the gateway's own process, everybody's streams and
requests would wait for it. It ends when its standard input does, hence with the gateway, however
that ends. Lines of JSON: first `{}` once it is ready, then for each `{"n", "words"}` a
`{"n", "situations", "articles"}`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from threading import Thread
from typing import Any

from assistant.guessing import OTHER, Guesser, Likely, read_phrases
from assistant.knowledge import load_knowledge
from assistant.retrieval import Retriever
from assistant.settings import ROOT, Settings

# Whoever answers people comes first.
NICE = 10
# A situation this probable stands alone; less, and those above the second number are offered. A
# text that is first of all, and this probably, about no situation gets articles (docs/gateway.md).
SURE, POSSIBLE, STRANGE = 0.6, 0.1, 0.4
MOST_ARTICLES = 3


class Adviser:
    """Says what may help someone who wrote a text; raises OSError or ValueError where it cannot."""

    def __init__(self, settings: Settings) -> None:
        knowledge = load_knowledge(settings.knowledge_dir)
        self._retriever = Retriever(knowledge)
        self._guesser = Guesser(read_phrases(ROOT / "data", knowledge.situations))

    def advise(self, words: str) -> dict[str, list[str]]:
        """Return ids: the one situation, or those that it may be, or else the nearest articles."""
        if situations := choose(self._guesser.likely(words)):
            return {"situations": situations, "articles": []}
        hits = self._retriever.articles(words, MOST_ARTICLES)
        return {"situations": [], "articles": [hit.id for hit in hits]}


def choose(likely: list[Likely]) -> list[str]:
    """Return the likeliest situation where it is sure, those that are possible, or none."""
    first = likely[0]
    if first.id == OTHER and first.share >= STRANGE:
        return []
    if first.id != OTHER and first.share >= SURE:
        return [first.id]
    return [one.id for one in likely if one.id != OTHER and one.share >= POSSIBLE]


def main() -> None:
    """Answer until standard input ends."""
    os.nice(NICE)
    Thread(target=_end_after, args=(os.getppid(),), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the gateway, which ends us
    adviser = Adviser(Settings.from_env())
    _say({})
    for line in sys.stdin:
        asked = json.loads(line)
        _say({"n": asked["n"], **adviser.advise(asked["words"])})


def _end_after(parent: int) -> None:
    """End with the gateway: one that is killed closes our input, which nobody reads meanwhile.

    Fitting takes a core for many seconds, and the next gateway's begins at once.
    """
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
