"""How cost grows: situations, articles; turns of a conversation are in serving.py."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from assistant.knowledge import load_knowledge
from assistant.retrieval import Retriever
from assistant.settings import ROOT, Settings
from benchmarks.serving import generated, loads, projects, systems
from benchmarks.serving.measures import exponent
from benchmarks.serving.phrases import NOT_RESOLVED, RESOLVED, problems, training
from benchmarks.serving.processes import Running

SITUATIONS = (17, 170, 1700)
ARTICLES = (69, 690, 6900)
QUERIES, TURNS = 60, 60
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def retrieval(sizes: tuple[int, ...] = ARTICLES) -> dict[str, Any]:
    """Return the milliseconds of a search and the seconds of fitting, by articles."""
    knowledge = load_knowledge(Settings.from_env().knowledge_dir)
    said, found = problems()[:QUERIES], {}
    for size in sizes:
        start = time.perf_counter()
        retriever = Retriever(generated.with_articles(knowledge, size))
        fitted = time.perf_counter() - start
        waits = [_search(retriever, text) for text in said]
        found[size] = {"search_ms": round(median(waits), 2), "fit_seconds": round(fitted, 2)}
    return _with_exponents(found)


def situations(sizes: tuple[int, ...] = SITUATIONS) -> dict[str, Any]:
    """Return training time, memory and a turn's milliseconds, by situations."""
    return _with_exponents({size: _size(size) for size in sizes})


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
        asyncio.run(loads.closed(system.direct, lambda _: texts, 1, 20))
        turns = asyncio.run(loads.closed(system.direct, lambda _: texts, 1, TURNS))
        memory = processes.memory()
    return {
        "train_seconds": trained["seconds"],
        "train_cpu": trained["cpu"],
        "start_seconds": round(ready, 1),
        "turn_ms": turns["p50"],
        "failed": turns["failed"],
        "rasa_mb": round(memory["rasa"]),
        "actions_mb": round(memory["actions"]),
    }


def _search(retriever: Retriever, text: str) -> float:
    start = time.perf_counter()
    retriever.articles(text, 3)
    return 1000 * (time.perf_counter() - start)


def _with_exponents(found: dict[int, dict[str, Any]]) -> dict[str, Any]:
    sizes = list(found)
    names = [name for name in found[sizes[0]] if all(found[size][name] for size in sizes)]
    fits = {name: exponent(sizes, [found[size][name] for size in sizes]) for name in names}
    return {"sizes": {str(size): row for size, row in found.items()}, "exponents": fits}


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe one


def _save(path: Path, content: Any) -> None:
    text = yaml.dump(content, Dumper=_DUMPER, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")
