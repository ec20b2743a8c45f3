"""Stands in for gateway.console.working: tells what a real one does, and waits where it asks."""

import json
import os
import sys
import time
from typing import Any


def tell(**event: Any) -> None:
    print(json.dumps(event), flush=True)


kind, root, *more = sys.argv[1:]
if more == ["full"]:
    tell(step="evaluate")
    time.sleep(60)
if kind == "measure":
    tell(step="train")
    tell(step="evaluate")
    tell(line="lendo as frases <b>")
    tell(end=True, text="Medição pronta.")
else:
    tell(step="check")
    tell(weak=os.environ.get("FAKE_WEAK", "").split())
    if "FAKE_FIRST" in os.environ:
        tell(first=True)
    tell(step="replay")
    example = {"text": "o <b>omni</b> parou", "before": "não atendida", "after": "Lentidão"}
    group = {"name": "melhor compreendidas", "count": 1, "examples": [example]}
    check = {"title": "Lentidão", "what": ["nova “Cabo”"]}
    tell(differences={"total": 3, "same": 2, "groups": [group], "checks": [check]})
    tell(ask="2026-11-30.1")
    if sys.stdin.readline().strip() == "s":
        tell(step="build")
        tell(step="serve")
        tell(end=True, text="Versão 2026-11-30.1 no ar.")
    else:
        tell(end=False, text="Nada foi publicado.")
