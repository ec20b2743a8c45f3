"""A process of its own that advises on phrases: `python -m gateway.console.advising FOLDER`.

It holds the model and every phrase (about ten seconds at a first start), which would stop everybody
in the gateway's own process. It ends when its standard input does, hence with the gateway. Lines of
JSON: for each `{"n", "text", "intent"}` a `{"n", "advice"}`, or `{"n", "error"}` with a key of
texts.yml. The model and the phrases are read again where a file has changed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from gateway.console.library import Stamp, stamp
from trainer.advise import Adviser

# Whoever answers people comes first.
NICE = 10
MODEL = "models/omni.tar.gz"


class Advising:
    """An adviser of the project as it stands."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._of: tuple[float, Stamp] | None = None
        self._adviser: Adviser | None = None

    def answer(self, text: str, intent: str) -> dict[str, Any]:
        """Return the advice, or why there is none."""
        try:
            adviser = self._fresh()
        except (FileNotFoundError, ValueError):
            return {"error": "no_model"}
        return {"advice": adviser.advise(text, intent).as_dict()}

    def _fresh(self) -> Adviser:
        now = (self._root / MODEL).stat().st_mtime, stamp(self._root)
        if self._adviser is None or self._of != now:
            self._adviser, self._of = Adviser.load(self._root), now
        return self._adviser


def main() -> None:
    """Answer until standard input ends."""
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the gateway, which ends us
    advising = Advising(Path(sys.argv[1]))
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {"n": asked["n"], **advising.answer(asked["text"], asked["intent"])}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
