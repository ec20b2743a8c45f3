"""The data doctor names each fault, and finds none in what is committed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.settings import ROOT
from trainer.check import find_faults


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("knowledge", "data", "tests/nlu"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "domain.yml", tmp_path / "domain.yml")
    return tmp_path


def test_nothing_is_wrong_with_what_is_committed():
    assert list(find_faults(ROOT)) == []


def test_a_missing_data_file_is_named(copy: Path):
    (copy / "data/situations/licenses.yml").unlink()
    assert any("data/situations: falta licenses" in fault for fault in find_faults(copy))


def test_a_phrase_in_two_intents_is_named(copy: Path):
    _insert(copy / "data/situations/slowness.yml", _first(copy / "data/situations/licenses.yml"))
    assert any("licenses" in f and "slowness" in f for f in find_faults(copy))


def test_a_held_out_phrase_that_is_trained_on_is_named(copy: Path):
    phrase = _first(copy / "data/situations/slowness.yml")
    _insert(copy / "tests/nlu/heldout/situations.yml", phrase)
    assert any("também está em data/" in fault for fault in find_faults(copy))


@pytest.mark.parametrize("also", ["licences", "licenses"])
def test_an_ambiguous_phrase_needs_two_situations_that_exist(copy: Path, also: str):
    path = copy / "data/ambiguous.yml"
    entry = (
        f"  - intent: licenses\n    examples:\n      - {{text: x, metadata: {{also: [{also}]}}}}\n"
    )
    path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")
    assert any("data/ambiguous.yml: “x”" in fault for fault in find_faults(copy))


def test_a_fault_in_knowledge_is_said_and_nothing_else(copy: Path):
    (copy / "knowledge/situations/licenses.yml").write_text("id: licenses\n", encoding="utf-8")
    faults = list(find_faults(copy))
    assert faults and all(fault.startswith("knowledge/") for fault in faults)


def _first(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("      - "))


def _insert(path: Path, phrase: str) -> None:
    head, mark, rest = path.read_text(encoding="utf-8").partition("examples: |\n")
    path.write_text(f"{head}{mark}{phrase.upper()}\n{rest}", encoding="utf-8")
