"""Writes each system's project into a folder of its own and trains it, all on the same phrases."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from assistant.knowledge import load_knowledge
from assistant.settings import ROOT, Settings
from benchmarks.nlu.data import Rows
from benchmarks.serving import helpdesk, least, recommended

PEERS = yaml.safe_load((Path(__file__).parent / "peers.yml").read_text(encoding="utf-8"))
ENVIRONMENTS = {"ours": ROOT / ".venv/bin", "peer": ROOT / ".venv-full/bin"}
Content = dict[str, Any]


class NotTrained(Exception):
    """Rasa ended without a model; the text is the end of what it printed."""


def write(system: str, folder: Path, rows: Rows, epochs: int) -> None:
    """Write the project of a system; a peer's trainings end after `epochs` of theirs."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    if system == "ours":
        _ours(folder, rows)
    else:
        _peer(system, folder, rows, epochs)


def train(system: str, folder: Path) -> dict[str, float]:
    """Train as a user does, by `rasa train` with nothing cached; return the seconds it took.

    `cpu` is what it used of the processors, which others on the machine change less.
    """
    options = ["--config", "config.yml", "--domain", "domain.yml", "--data", "data"]
    rasa = ENVIRONMENTS["ours" if system == "ours" else "peer"] / "rasa"
    command = [str(rasa), "train", *options, "--fixed-model-name", "model"]
    environment = {**os.environ, "RASA_MAX_CACHE_SIZE": "0", "PYTHONPATH": str(ROOT)}
    before, start = _cpu_of_children(), time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode or not (folder / "models/model.tar.gz").is_file():
        raise NotTrained(f"{system}: {done.stdout.decode(errors='replace')[-2000:]}")
    seconds = time.perf_counter() - start
    return {"seconds": round(seconds, 1), "cpu": round(_cpu_of_children() - before, 1)}


def _ours(folder: Path, rows: Rows) -> None:
    """Our own configuration, domain and rules; the phrases are those of `rows`."""
    for name in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "data/rules", folder / "data/rules")
    rules = [_rules_of(path) for path in sorted((ROOT / "data/situations").glob("*.yml"))]
    _save(folder / "data/situations.yml", {"version": "3.1", "rules": sum(rules, [])})
    texts: dict[str, list[str]] = defaultdict(list)
    for text, intent in rows:
        texts[intent].append(text)
    _save(folder / "data/nlu.yml", recommended.examples(texts))
    (folder / "models").mkdir()
    (folder / "models/spacy").symlink_to(ROOT / "models/spacy")


def _peer(system: str, folder: Path, rows: Rows, epochs: int) -> None:
    knowledge = load_knowledge(Settings.from_env().knowledge_dir)
    situations = sorted(knowledge.situations)
    assistant = {"recipe": "default.v1", "language": "pt", "assistant_id": f"bench-{system}"}
    _save(folder / "config.yml", {**assistant, **bounded(PEERS[system], epochs)})
    if system == "least":
        parts = least.parts()
    elif system == "rasa":
        parts = {
            "domain.yml": recommended.domain(knowledge, rows),
            "data/nlu.yml": recommended.nlu(knowledge, rows),
            "data/rules.yml": recommended.rules(rows, set(situations)),
            "data/stories.yml": recommended.stories(knowledge),
        }
    else:
        parts = {
            "domain.yml": helpdesk.domain(rows, situations),
            "data/nlu.yml": helpdesk.nlu(rows, situations),
            "data/rules.yml": helpdesk.rules(situations),
            "data/stories.yml": helpdesk.stories(situations),
        }
    for name, content in parts.items():
        _save(folder / name, content)


def bounded(config: Content, epochs: int) -> Content:
    """Return a configuration whose components train for at most `epochs`."""
    return {
        part: [
            {**step, "epochs": min(step["epochs"], epochs)} if "epochs" in step else step
            for step in steps
        ]
        for part, steps in config.items()
    }


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _rules_of(path: Path) -> list[Content]:
    return list(yaml.safe_load(path.read_text(encoding="utf-8")).get("rules") or [])


def _save(path: Path, content: Content) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
