"""Words written without the accent that they always have, in what people read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assistant.text import strip_accents
from trainer.check.project import Project
from trainer.check.result import Findings, fail

# Read by people; `menu` and `names` are as the product writes them.
_SITUATION = ("title", "clarify", "summary")
_CHECK = ("title", "text", "why", "question", "ask_admin")
_WORD = re.compile(r"[^\W\d_]+")
# Names in quotes, addresses and {values} are not ours to spell.
_NOT_OURS = re.compile(r'"[^"]*"|https?://\S+|\S+@\S+|\{\w*\}')


def accents(project: Project) -> Findings:
    """Yield the texts with a word that exists with an accent only."""
    for file, place, text in _texts(project):
        wrong = [w for w in _WORD.findall(_NOT_OURS.sub(" ", text)) if w.lower() in _words()]
        if wrong:
            pairs = ", ".join(f"“{w}” → “{_words()[w.lower()]}”" for w in dict.fromkeys(wrong))
            yield fail("accents", file, place, pairs=pairs)


@lru_cache
def _words() -> dict[str, str]:
    path = Path(__file__).with_name("accents.yml")
    words = yaml.safe_load(path.read_text(encoding="utf-8"))["words"].split()
    return {strip_accents(word): word for word in words}


def _texts(project: Project) -> Iterator[tuple[str, str, str]]:
    for file in project.below("knowledge/situations/"):
        yield from _of_situation(file, project.files[file])
    for article in _list(project.files.get("knowledge/articles.yml")):
        yield "knowledge/articles.yml", f"{article.get('id')}.title", str(article.get("title", ""))
    for name, text in _dict(project.files.get("knowledge/labels.yml")).items():
        yield "knowledge/labels.yml", name, str(text)
    for name, variations in _dict(project.domain.get("responses")).items():
        for variation in _list(variations):
            yield "domain.yml", f"responses.{name}", str(variation.get("text", ""))


def _of_situation(file: str, content: Any) -> Iterator[tuple[str, str, str]]:
    situation = _dict(content)
    yield from ((file, key, str(situation.get(key, ""))) for key in _SITUATION)
    for check in _list(situation.get("checks")):
        where = f"checks.{check.get('id')}"
        yield from ((file, f"{where}.{key}", str(check.get(key, ""))) for key in _CHECK)
        for answer in _list(check.get("answers")):
            yield file, f"{where}.answers.{answer.get('id')}", str(answer.get("label", ""))


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
