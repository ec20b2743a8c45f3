"""The sentences that people read, from texts.yml."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import yaml

TEXTS_FILE = Path(__file__).with_name("texts.yml")
T = TypeVar("T", bound=Any)


@dataclass(frozen=True)
class Texts:
    """One field per sentence; texts.yml has exactly these names."""

    note: str
    fallback: str
    set_aside: str
    retry: str
    meanwhile_guide: str
    meanwhile_situation: str
    meanwhile_candidates: str
    meanwhile_articles: str
    meanwhile_covered: str
    empty: str
    unauthorised: str
    identity_refused: str
    identity_required: str
    foreign_origin: str
    too_many: str
    too_large: str
    too_slow: str
    text_too_long: str
    broken_json: str
    invalid_message: str
    invalid_body: str
    invalid_query: str
    no_such_answer: str
    export_incomplete: str
    unknown_choice: str
    not_found: str
    wrong_method: str
    bad_request: str
    store_down: str
    teams_refused: str
    teams_keys_away: str
    unexpected: str


def load_texts(path: Path = TEXTS_FILE) -> Texts:
    """Read the sentences; raise ValueError naming the file and the field that is wrong."""
    return read_texts(path, Texts)


def read_texts(path: Path, kind: type[T]) -> T:
    """Read a file that has exactly the names of a dataclass; raise ValueError as `load_texts`."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = {field.name for field in fields(kind)}
    if not isinstance(found, dict) or set(found) != names:
        raise ValueError(f"{path}: campos faltando ou sobrando: {sorted(set(found) ^ names)}")
    for name, sentence in found.items():
        if not isinstance(sentence, str) or not sentence.strip():
            raise ValueError(f"{path}: {name} está vazio ou não é texto: {sentence!r}")
    return kind(**found)
