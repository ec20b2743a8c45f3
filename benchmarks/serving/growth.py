"""How cost grows: situations, articles; turns of a conversation are in serving.py."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from assistant.knowledge import load_knowledge
from assistant.retrieval import Retriever
from assistant.settings import ROOT, Settings
from benchmarks.serving import generated, loads, projects, systems
from benchmarks.serving.phrases import NOT_RESOLVED, RESOLVED, problems, training
from benchmarks.serving.processes import Running, megabytes

SITUATIONS = (17, 170, 1700)
ARTICLES = (69, 690, 6900)
QUERIES, TURNS = 60, 60
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def retrieval(sizes: tuple[int, ...] = ARTICLES) -> dict[str, Any]:
    """Return the milliseconds of a search, the seconds of fitting and its memory, by articles."""
    with get_context("spawn").Pool(1, maxtasksperchild=1) as processes:  # one for each size
        found = processes.map(_searching, sizes, chunksize=1)
    return {"sizes": {str(size): row for size, row in zip(sizes, found, strict=True)}}


def situations(sizes: tuple[int, ...] = SITUATIONS) -> dict[str, Any]:
    """Return training time, memory and a turn's milliseconds, by situations."""
    return {"sizes": {str(size): _size(size) for size in sizes}}


def write(folder: Path, number: int) -> None:
    """Write our project with `number` situations: those that there are, and made-up ones."""
    made = range(max(0, number - 17))
    rows = training(20)
    rows += [(text, generated.situation_id(n)) for n in made for text in generated.phrases(n)]
    projects.write("ours", folder, rows, 0)
    ids = [generated.situation_id(n) for n in made]
    domain = _read(folder / "domain.yml")
    _save(folder / "domain.yml", {**domain, "intents": [*domain["intents"], *ids]})
    guide = {"action": "action_guide"}
    rules = [{"rule": one, "steps": [{"intent": one}, guide]} for one in ids]
    if rules:
        _save(folder / "data/made.yml", {"version": "3.1", "rules": rules})
    _write_knowledge(folder / "knowledge", made)


def _write_knowledge(folder: Path, made: range) -> None:
    shutil.copytree(ROOT / "knowledge", folder)
    text = (folder / "situations/slowness.yml").read_text(encoding="utf-8")
    template = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - a safe one, all as text
    articles = _read(folder / "articles.yml")
    more = [generated.article_of(articles[n % len(articles)], n) for n in made]
    _save(folder / "articles.yml", [*articles, *more])
    for number in made:
        content = generated.situation(template, number)
        _save(folder / f"situations/{content['id']}.yml", content)


def _size(number: int) -> dict[str, Any]:
    folder = systems.FOLDER / f"grown-{number}"
    write(folder, number)
    trained = projects.train("ours", folder)
    system = systems.make("ours", folder / "models/model.tar.gz", f"grown-{number}", folder)
    texts = [problems()[0], NOT_RESOLVED, NOT_RESOLVED, RESOLVED]
    if number > 17:
        texts[0] = generated.phrases(number - 18)[0]
    start = time.perf_counter()
    with Running(system.commands, systems.FOLDER / "runs" / f"ours-grown-{number}") as processes:
        ready = time.perf_counter() - start
        processes.settle()
        doors = {"turn_ms": system.direct, "through_ms": system.make}
        talk = partial(loads.closed, script=lambda _: texts, people=1)
        for make in doors.values():
            asyncio.run(talk(make, turns=20))
        heard = {name: asyncio.run(talk(make, turns=TURNS)) for name, make in doors.items()}
        memory = processes.memory()
    return {
        "train_seconds": trained["seconds"],
        "train_cpu": trained["cpu"],
        "start_seconds": round(ready, 1),
        **{name: turns["p50"] for name, turns in heard.items()},
        "failed": sum(turns["failed"] for turns in heard.values()),
        **{f"{name}_mb": round(memory[name]) for name in ("rasa", "actions", "gateway")},
    }


def _searching(articles: int) -> dict[str, float]:
    """Return what a search among so many costs, in a process that does nothing else."""
    knowledge = load_knowledge(Settings.from_env().knowledge_dir)
    grown, before = generated.with_articles(knowledge, articles), megabytes(os.getpid())
    start = time.perf_counter()
    retriever = Retriever(grown)
    fitted, memory = time.perf_counter() - start, megabytes(os.getpid()) - before
    waits = [_search(retriever, text) for text in problems()[:QUERIES]]
    return {
        "search_ms": round(median(waits), 2),
        "fit_seconds": round(fitted, 2),
        "index_mb": round(memory, 1),
    }


def _search(retriever: Retriever, text: str) -> float:
    start = time.perf_counter()
    retriever.articles(text, 3)
    return 1000 * (time.perf_counter() - start)


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe one


def _save(path: Path, content: Any) -> None:
    text = yaml.dump(content, Dumper=_DUMPER, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")
