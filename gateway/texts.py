"""The sentences that people read, from texts.yml."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import yaml

TEXTS_FILE = Path(__file__).with_name("texts.yml")


@dataclass(frozen=True)
class Texts:
    """One field per sentence; texts.yml has exactly these names."""

    silence: str
    retry: str
    empty: str
    unauthorised: str
    too_large: str
    too_slow: str
    text_too_long: str
    broken_json: str
    invalid_message: str
    invalid_query: str
    unknown_choice: str
    not_found: str
    wrong_method: str
    bad_request: str
    store_down: str
    unexpected: str


def load_texts(path: Path = TEXTS_FILE) -> Texts:
    """Read the sentences; raise ValueError naming the file and the field that is wrong."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = {field.name for field in fields(Texts)}
    if not isinstance(found, dict) or set(found) != names:
        raise ValueError(f"{path}: campos faltando ou sobrando: {sorted(set(found) ^ names)}")
    for name, sentence in found.items():
        if not isinstance(sentence, str) or not sentence.strip():
            raise ValueError(f"{path}: {name} está vazio ou não é texto: {sentence!r}")
    return Texts(**found)
