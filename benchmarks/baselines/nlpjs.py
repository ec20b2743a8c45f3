"""nlp.js, which runs in Node: nlpjs/train.js learns and guesses in one go."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).with_name("nlpjs")


def installed() -> bool:
    """Return whether Node and the packages of nlpjs/package-lock.json are there."""
    return shutil.which("node") is not None and (FOLDER / "node_modules").exists()


def learn(rows: Sequence[tuple[str, str]], texts: Sequence[str]) -> tuple[list[str], float]:
    """Learn (text, label) rows; return the first label of each text, and the seconds it took."""
    asked = json.dumps({"training": rows, "texts": texts})
    command = [shutil.which("node") or "node", str(FOLDER / "train.js")]
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    found = json.loads(done.stdout)
    return found["labels"], found["seconds"]
