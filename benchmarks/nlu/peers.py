"""Rasa's own pipelines, and our component through Rasa too, so that all are timed alike.

Each is trained by `rasa.model_training.train_nlu` in a temporary folder and asked message by
message, the way `rasa test nlu` does.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import tempfile
import time
import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import structlog
import yaml

from benchmarks.nlu.data import Rows
from benchmarks.nlu.judging import Learn, Trained
from benchmarks.nlu.measures import Guess
from benchmarks.nlu.ours import settings

_WORDS: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
# `default` is rasa/engine/recipes/config_files/default_config.yml of 3.6 up to the classifier;
# what follows there (synonyms, response selector, fallback) does not change which intent is first.
PIPELINES: dict[str, list[dict[str, Any]]] = {
    "ours": [settings()],
    "rasa-diet": [
        _WORDS[0],
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        *_WORDS[1:],
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
    ],
    "rasa-logistic": [*_WORDS, {"name": "LogisticRegressionClassifier"}],
}


def learner(system: str, language: str) -> Learn:
    """Return what trains the pipeline of that name; `language` is Rasa's two letters."""
    return lambda rows: _trained(PIPELINES[system], language, rows)


def prepare() -> None:
    """Call before anything is trained: no cache, or a repeated training takes no time; no output.

    Rasa and TensorFlow print pages otherwise.
    """
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ.update(LOG_LEVEL="ERROR", TF_CPP_MIN_LOG_LEVEL="3", TQDM_DISABLE="1")
    logging.disable(logging.WARNING)
    warnings.showwarning = lambda *args, **kwargs: None  # type: ignore[assignment]
    errors_only = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=errors_only)


def _trained(pipeline: list[dict[str, Any]], language: str, rows: Rows) -> Trained:
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config, examples = _written(folder, pipeline, language, rows)
        start, cpu = time.perf_counter(), time.process_time()
        with redirect_stdout(io.StringIO()):
            archive = train_nlu(str(config), str(examples), str(folder / "models"))
        seconds = time.perf_counter() - start, time.process_time() - cpu
        if archive is None:
            raise RuntimeError(f"Rasa did not train {[step['name'] for step in pipeline]}")
        agent = Agent.load(archive)
        return Trained(lambda texts: _read(agent, texts), *seconds, Path(archive).stat().st_size)


def _written(
    folder: Path, pipeline: list[dict[str, Any]], language: str, rows: Rows
) -> tuple[Path, Path]:
    """Write configuration and examples; JSON, since Rasa's YAML reads brackets as entities."""
    config, examples = folder / "config.yml", folder / "nlu.json"
    content: dict[str, Any] = {
        "recipe": "default.v1", "assistant_id": "bench", "language": language,
        "pipeline": pipeline, "policies": [],
    }  # fmt: skip
    config.write_text(yaml.safe_dump(content), encoding="utf-8")
    found = [{"text": text, "intent": label} for text, label in rows]
    data = {"rasa_nlu_data": {"common_examples": found}}
    examples.write_text(json.dumps(data), encoding="utf-8")
    return config, examples


def _read(agent: Any, texts: Sequence[str]) -> list[Guess]:
    async def all_of_them() -> list[Guess]:
        found = [(await agent.parse_message(text))["intent"] for text in texts]
        return [Guess(intent["name"] or "", float(intent["confidence"])) for intent in found]

    return asyncio.run(all_of_them())
