"""Loading the knowledge: every fault is said at once, with its file, field and value."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.knowledge import KnowledgeError, Then, load_knowledge

Files = dict[str, Any]

LABELS = {"resolved": "Resolveu", "not_resolved": "Não resolveu"}


def check(check_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": check_id,
        "kind": "check",
        "title": "T",
        "text": "Abra.",
        "question": "E?",
        **more,
    }


def answer(answer_id: str, then: Any) -> dict[str, Any]:
    return {"id": answer_id, "label": f"L {answer_id}", "then": then}


SOUND: Files = {
    "labels.yml": LABELS,
    "topics.yml": {"fillers": "com", "topics": []},
    "articles.yml": [
        {
            "id": "art",
            "title": "Artigo",
            "url_status": "unknown",
            "situations": ["sit"],
            "questions": [f"pergunta {i}" for i in range(8)],
        }
    ],
    "situations/sit.yml": {
        "id": "sit",
        "title": "Situação",
        "module": "Chat",
        "performer": "qualquer pessoa",
        "clarify": "Sintoma",
        "summary": "Vamos ver.",
        "source": {
            "page": "1",
            "section": "1",
            "version": "1",
            "page_date": "2026-01-01",
            "verified": "2026-01-01",
        },
        "checks": [check("one"), check("two", menu=["Chat"], names=["Abra"])],
        "articles": ["art"],
    },
}


@pytest.fixture
def load(tmp_path: Path) -> Callable[[Files], Any]:
    """Write files (text as it is, anything else as YAML) and load them."""

    def write_and_load(files: Files) -> Any:
        (tmp_path / "situations").mkdir()
        for name, content in files.items():
            text = content if isinstance(content, str) else yaml.safe_dump(content)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return load_knowledge(tmp_path)

    return write_and_load


@pytest.fixture
def files() -> Files:
    """Sound files, to be broken."""
    return copy.deepcopy(SOUND)


def test_sound_files_load_into_values(load, files):
    situation = load(files).situations["sit"]
    first, second = situation.checks
    assert [(a.id, a.label, a.then) for a in first.answers] == [
        ("resolved", "Resolveu", Then("solved")),
        ("not_resolved", "Não resolveu", Then("next")),
    ]
    assert (first.performer, second.menu, second.names) == ("qualquer pessoa", ("Chat",), ("Abra",))
    assert (situation.section, situation.articles) == (1, ("art",))


def sit(files: Files) -> dict[str, Any]:
    return files["situations/sit.yml"]


def first(files: Files) -> dict[str, Any]:
    return sit(files)["checks"][0]


def answers(*found: dict[str, Any]) -> Callable[[Files], Any]:
    return lambda files: first(files).update(answers=list(found))


END = answer("end", "solved")
NEXT = answer("on", "next")

# What is broken, and what one line of the faults must name: file, field, value.
FAULTS: dict[str, tuple[Callable[[Files], Any], tuple[str, ...]]] = {
    "unknown article": (
        lambda f: sit(f).update(articles=["art", "zzz"]),
        ("sit.yml", "articles", "zzz"),
    ),
    "unknown article in an answer": (
        answers(END, NEXT, answer("see", {"article": "zzz"})),
        ("sit.yml", "articles", "zzz"),
    ),
    "unknown check": (
        answers(END, NEXT, answer("go", {"check": "zzz"})),
        ("sit.yml", "checks.one.answers.go.then", "zzz"),
    ),
    "loop": (
        answers(END, NEXT, answer("again", {"check": "one"})),
        ("sit.yml", "checks.one", "sem fim"),
    ),
    "unreachable": (
        answers(END, answer("read", "articles")),
        ("sit.yml", "checks.two", "nenhuma resposta"),
    ),
    "five answers": (
        answers(NEXT, *(answer(f"a{i}", "solved") for i in range(4))),
        ("sit.yml", "checks.0.answers", "5", "4"),
    ),
    "one answer": (answers(NEXT), ("sit.yml", "checks.0.answers", "1", "2")),
    "unknown destination": (
        answers(END, answer("go", "home")),
        ("sit.yml", "checks.0.answers.1.then", "home"),
    ),
    "empty text": (lambda f: first(f).update(text="  "), ("sit.yml", "checks.0.text", "'  '")),
    "missing field": (lambda f: first(f).pop("question"), ("sit.yml", "checks.0", "question")),
    "unknown field": (lambda f: first(f).update(colour="red"), ("sit.yml", "checks.0", "colour")),
    "unknown kind": (lambda f: first(f).update(kind="loop"), ("sit.yml", "checks.0.kind", "loop")),
    "duplicate check": (
        lambda f: sit(f)["checks"][1].update(id="one"),
        ("sit.yml", "checks.id", "one"),
    ),
    "duplicate answer": (answers(NEXT, NEXT), ("sit.yml", "checks.one.answers", "on")),
    "one reply for two answers": (
        answers({**END, "replies": ["affirm"]}, {**NEXT, "replies": ["affirm"]}),
        ("sit.yml", "checks.one.answers.replies", "affirm"),
    ),
    "duplicate article": (
        lambda f: f["articles.yml"].append(f["articles.yml"][0]),
        ("articles.yml", "id", "art"),
    ),
    "wrong type": (lambda f: sit(f).update(checks="one"), ("sit.yml", "checks", "'one'", "array")),
    "a list instead of fields": (
        lambda f: f.update({"situations/sit.yml": ["a"]}),
        ("sit.yml", "['a']", "object"),
    ),
    "invalid YAML": (
        lambda f: f.update({"situations/sit.yml": "id: [open\nb"}),
        ("sit.yml", "line 2"),
    ),
    "not text": (
        lambda f: f.update({"situations/sit.yml": "id: \x00"}),
        ("sit.yml", "#x0000"),
    ),
    "missing ask_admin": (
        lambda f: first(f).update(performer="administrador"),
        ("sit.yml", "checks.one.ask_admin"),
    ),
    "name not in text": (
        lambda f: first(f).update(names=["Portal"]),
        ("sit.yml", "checks.one.names", "Portal"),
    ),
    "id differs from the file's name": (
        lambda f: sit(f).update(id="other"),
        ("sit.yml", "id", "other"),
    ),
    "article does not list back": (
        lambda f: f["articles.yml"][0].update(situations=["other"]),
        ("articles.yml", "art.situations", "sit"),
    ),
    "article of an unknown situation": (
        lambda f: f["articles.yml"][0].update(situations=["sit", "zzz"]),
        ("articles.yml", "art.situations", "zzz"),
    ),
    "situation does not list back": (
        lambda f: f["articles.yml"].append({**f["articles.yml"][0], "id": "lone"}),
        ("articles.yml", "lone.situations", "sit"),
    ),
    "opens an unknown situation": (
        lambda f: f["articles.yml"][0].update(opens="zzz"),
        ("articles.yml", "art.opens", "zzz"),
    ),
    "address without a status": (
        lambda f: f["articles.yml"][0].update(url="https://w/1"),
        ("articles.yml", "art.url", "unknown"),
    ),
    "status without an address": (
        lambda f: f["articles.yml"][0].update(url_status="found"),
        ("articles.yml", "art.url", "found"),
    ),
    "too few questions": (
        lambda f: f["articles.yml"][0].update(questions=["só uma"]),
        ("articles.yml", "0.questions", "1", "8"),
    ),
    "missing label": (
        lambda f: f["labels.yml"].pop("resolved"),
        ("sit.yml", "checks.one.answers.resolved.label"),
    ),
    "missing file": (lambda f: f.pop("labels.yml"), ("labels.yml", "não existe")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_file_field_and_value(load, files, name):
    break_it, named = FAULTS[name]
    break_it(files)
    with pytest.raises(KnowledgeError) as caught:
        load(files)
    said = [fault for fault in caught.value.faults if all(part in fault for part in named)]
    assert said, f"none of {caught.value.faults} names {named}"


@pytest.mark.parametrize(
    ("break_it", "named"),
    [
        (lambda f: first(f).update(title="x" * 61), ("checks.0.title", "61", "60")),
        (lambda f: sit(f).update(title="x" * 121), ("title", "121", "120")),
        (lambda f: sit(f).update(clarify="x" * 76), ("clarify", "76", "75")),
        (answers(END, {**NEXT, "label": "x" * 61}), ("checks.0.answers.1.label", "61", "60")),
        (lambda f: first(f).update(menu=[]), ("checks.0.menu", "0", "1")),
    ],
    ids=["check title", "title", "clarify", "label", "menu"],
)
def test_a_length_that_the_schema_limits_is_named(load, files, break_it, named):
    break_it(files)
    with pytest.raises(KnowledgeError) as caught:
        load(files)
    assert any(all(part in fault for part in named) for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("situations/new.yml", ""),
        pytest.param("articles.yml", "[]"),
        pytest.param(
            "labels.yml",
            "- Resolveu",
        ),
    ],
)
def test_a_file_that_holds_nothing_usable_is_named(load, files, name, content):
    files[name] = content
    with pytest.raises(KnowledgeError) as caught:
        load(files)
    assert any(fault.startswith(f"{Path(name).name}: ") for fault in caught.value.faults)


def test_every_fault_is_said_at_once(load, files):
    for name in ("name not in text", "missing ask_admin", "status without an address"):
        FAULTS[name][0](files)
    with pytest.raises(KnowledgeError) as caught:
        load(files)
    assert len(caught.value.faults) == 3
    assert str(caught.value).count("\n") == 2
