"""Read the knowledge files into values; say every fault at once, by file, field and value."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from assistant.knowledge.agreement import faults_between, faults_of_situation
from assistant.knowledge.model import Answer, Article, Check, Knowledge, Situation, Then, Topics
from assistant.knowledge.wording import schema_fault
from assistant.text import fold

# What a check is answered with where its file names no answers.
DEFAULT_ANSWERS: tuple[dict[str, Any], ...] = (
    {"id": "resolved", "then": "solved", "replies": ["resolved", "affirm"]},
    {"id": "not_resolved", "then": "next", "replies": ["not_resolved", "deny"]},
)


_UNREADABLE = object()


class KnowledgeError(ValueError):
    """The knowledge files cannot be used; `faults` has one line for each reason."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def load_knowledge(folder: Path) -> Knowledge:
    """Return what stands in `folder`; raise KnowledgeError with every fault found."""
    faults: list[str] = []
    labels = _checked(folder / "labels.yml", "labels", faults) or {}
    articles = [_article(raw) for raw in _checked(folder / "articles.yml", "articles", faults)]
    situations = []
    for path in sorted((folder / "situations").glob("*.yml")):
        if raw := _checked(path, "situation", faults):
            situations.append(_situation(raw, labels))
            faults += [f"{path.name}: {f}" for f in faults_of_situation(situations[-1], path.stem)]
    knowledge = Knowledge(
        situations={s.id: s for s in sorted(situations, key=lambda s: s.section)},
        articles={a.id: a for a in articles},
        labels=labels,
        topics=_topics(_checked(folder / "topics.yml", "topics", faults)),
    )
    faults += faults_between(knowledge, articles)
    if faults:
        raise KnowledgeError(faults)
    return knowledge


def read_yaml(path: Path, faults: list[str]) -> Any:
    """Return the YAML of `path`, every scalar as text; note in `faults` what is unreadable."""
    try:
        return _parsed(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(f"{path.name}: o arquivo não existe")
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        faults.append(f"{path.name}: o arquivo não pode ser lido: {error}")
    return _UNREADABLE


def _parsed(text: str) -> Any:
    # libyaml reads five times as fast, where the build of PyYAML has it; the other says more
    # clearly what is wrong.
    with suppress(yaml.YAMLError):
        return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506


def _checked(path: Path, schema: str, faults: list[str]) -> Any:
    raw = read_yaml(path, faults)
    rules = json.loads((Path(__file__).parents[2] / f"knowledge/schema/{schema}.json").read_text())
    if raw is _UNREADABLE:
        return []
    found = list(jsonschema.Draft7Validator(rules).iter_errors(raw))
    faults += [f"{path.name}: {schema_fault(error)}" for error in found]
    return [] if found else raw


def _topics(raw: Any) -> Topics:
    found = raw or {"fillers": "", "topics": []}
    return Topics(
        fillers=frozenset(found["fillers"].split()),
        situations={
            fold(word): tuple(topic["situations"])
            for topic in found["topics"]
            for word in topic["words"]
        },
    )


def _situation(raw: dict[str, Any], labels: dict[str, str]) -> Situation:
    return Situation(
        id=raw["id"],
        title=raw["title"],
        module=raw["module"],
        performer=raw["performer"],
        clarify=raw["clarify"],
        summary=raw["summary"].strip(),
        section=int(raw["source"]["section"]),
        verified=raw["source"]["verified"],
        checks=tuple(_check(c, raw["performer"], labels) for c in raw["checks"]),
        articles=tuple(raw["articles"]),
    )


def _check(raw: dict[str, Any], performer: str, labels: dict[str, str]) -> Check:
    answers = raw.get("answers") or [{**a, "label": labels.get(a["id"])} for a in DEFAULT_ANSWERS]
    texts = {key: raw.get(key, "").strip() for key in ("text", "why", "ask_admin", "question")}
    return Check(
        id=raw["id"],
        kind=raw["kind"],
        title=raw["title"],
        performer=raw.get("performer", performer),
        answers=tuple(_answer(a) for a in answers),
        menu=tuple(raw.get("menu", ())),
        names=tuple(raw.get("names", ())),
        tried=tuple(raw.get("tried", ())),
        **texts,
    )


def _answer(raw: dict[str, Any]) -> Answer:
    then = raw["then"]
    kind: Any
    kind, target = (then, "") if isinstance(then, str) else next(iter(then.items()))
    return Answer(
        id=raw["id"],
        label=raw["label"],
        then=Then(kind, target),
        replies=tuple(raw.get("replies", ())),
        phrases=tuple(raw.get("phrases", ())),
    )


def _article(raw: dict[str, Any]) -> Article:
    names = ("situations", "error_texts", "questions")
    lists: dict[str, Any] = {key: tuple(raw.get(key, ())) for key in names}
    texts: dict[str, Any] = {k: raw.get(k, "") for k in ("wiki_title", "url", "opens")}
    return Article(id=raw["id"], title=raw["title"], url_status=raw["url_status"], **lists, **texts)
