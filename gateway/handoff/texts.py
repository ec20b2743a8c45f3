"""The sentences about a handover, from texts.yml or the installation's own file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter

from gateway.texts import read_texts

TEXTS_FILE = Path(__file__).with_name("texts.yml")


@dataclass(frozen=True)
class DeskTexts:
    """One field per sentence; texts.yml has exactly these names."""

    expect_open: str
    expect_closed: str
    expect_elsewhere: str
    assumed: str
    passed: str
    handed_back: str
    closed: str
    nobody_yet: str
    person_late: str
    person_gone: str
    somebody: str
    already_held: str
    already_closed: str
    assume_first: str
    unknown_case: str
    continues: str
    no_answer: str


@lru_cache(maxsize=4)
def load_desk_texts(path: Path = TEXTS_FILE) -> DeskTexts:
    """Read the sentences; raise ValueError naming the file and the field that is wrong."""
    texts = read_texts(path, DeskTexts)
    if path != TEXTS_FILE:
        _check_places(path, texts, load_desk_texts())
    return texts


def _check_places(path: Path, texts: DeskTexts, ours: DeskTexts) -> None:
    """Whoever writes {nome} for {name} learns it at the start, not in front of a person."""
    known = asdict(ours)
    for name, sentence in asdict(texts).items():
        if strange := _places(path, name, sentence) - _places(path, name, known[name]):
            raise ValueError(f"{path}: {name} tem um campo desconhecido: {sorted(strange)}")


def _places(path: Path, name: str, sentence: str) -> set[str]:
    try:
        return {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}
    except ValueError as error:
        raise ValueError(f"{path}: {name} tem chaves sem par: {sentence!r}") from error
