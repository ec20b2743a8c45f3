"""Our component's model with the settings of config.yml, without Rasa around it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from assistant.settings import ROOT
from benchmarks.nlu.data import Rows
from benchmarks.nlu.judging import Trained
from benchmarks.nlu.measures import Guess
from rasa_components.nlu.classifier import CONCEPTS, GROUPS, TfidfIntentClassifier
from rasa_components.nlu.linear import StagedTextModel

COMPONENT = f"{TfidfIntentClassifier.__module__}.{TfidfIntentClassifier.__name__}"


def settings() -> dict[str, Any]:
    """Return the component's settings: its defaults, then those of config.yml."""
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    ours = next(entry for entry in pipeline if entry["name"] == COMPONENT)
    return {**TfidfIntentClassifier.get_default_config(), **ours}


def learn(rows: Rows) -> Trained:
    """Fit and save as the component does; concepts, groups and weights are those of the product."""
    config = settings()
    lexicon = yaml.safe_load(CONCEPTS.read_text(encoding="utf-8"))
    start, cpu = time.perf_counter(), time.process_time()
    model = StagedTextModel(float(config["c"]), float(config["temperature"]), lexicon)
    model.fit([text for text, _ in rows], [label for _, label in rows], GROUPS, config["weights"])
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder))
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    seconds = time.perf_counter() - start, time.process_time() - cpu

    def read(texts: Sequence[str]) -> list[Guess]:
        found = model.probabilities(texts)
        best = found.argmax(axis=1)
        return [Guess(model.classes[b], float(row[b])) for b, row in zip(best, found, strict=True)]

    return Trained(read, *seconds, size)
