"""The trainer's core runs in the gateway's environment too, where the console calls it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from assistant.settings import ROOT
from trainer.check import knowledge
from trainer.check.project import Project
from trainer.situation import create, remove
from trainer.workbench import Conflict, Workbench
from trainer.workbench.roundtrip import parse, render

FILES = [
    "domain.yml",
    *(p.relative_to(ROOT).as_posix() for p in sorted(ROOT.glob("data/**/*.yml"))),
    *(p.relative_to(ROOT).as_posix() for p in sorted(ROOT.glob("knowledge/**/*.yml"))),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("knowledge", "data", "tests/nlu"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "domain.yml", tmp_path / "domain.yml")
    return tmp_path


@pytest.mark.parametrize("file", FILES)
def test_this_ruamel_too_keeps_every_byte(file: str):
    text = (ROOT / file).read_bytes().decode("utf-8")
    assert render(parse(text, file), text) == text


def test_changes_are_made_and_taken_back(copy: Path):
    before = (copy / "knowledge/articles.yml").read_bytes()
    bench = Workbench(copy, "Ana")
    create(bench, "ramal_mudo")
    _, etag = bench.situation("ramal_mudo")
    bench.set_situation("ramal_mudo", {"title": "Ramal: mudo"}, etag)
    with pytest.raises(Conflict):
        bench.set_situation("ramal_mudo", {"title": "Outro"}, etag)
    assert list(knowledge.faults(Project(copy))) == []
    remove(bench, "ramal_mudo", force=True)
    assert (copy / "knowledge/articles.yml").read_bytes() == before


def test_the_advice_needs_no_rasa():
    import trainer.advise  # noqa: F401

    assert "rasa" not in sys.modules
