"""A message that fits several situations: shared and removed in the one file that it concerns."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import ROOT
from tests.unit.trainer.test_workbench import files, touched
from trainer.phrases import read_torn
from trainer.situation import create
from trainer.workbench import Conflict, Missing, Workbench, ambiguous, draft

PHRASE, NEW = "nada anda: o 'ok' parou", "ramal_mudo"
FILE = f"data/ambiguous/{NEW}.yml"


@pytest.fixture
def bench(copy: Path) -> Workbench:
    return Workbench(copy, "Ana")


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were parsed to be edited, which takes seconds for many phrases."""
    found = list[str]()
    parse = draft.parse
    monkeypatch.setattr(draft, "parse", lambda text, file: found.append(file) or parse(text, file))
    return found


def test_an_example_that_fits_two_situations_is_one_entry(bench: Workbench, parsed: list[str]):
    bench.add_examples("slowness", [PHRASE])
    parsed.clear()
    applied = bench.share_example("slowness", PHRASE, "licenses")
    gone, come = touched(applied)
    assert gone == [f"- {PHRASE}"]
    assert come == ["- text: 'nada anda: o ''ok'' parou'", "metadata: {also: [licenses]}"]
    concerned = ["data/situations/slowness.yml", "data/ambiguous/slowness.yml"]
    assert parsed == [write.file for write in applied.writes] == concerned
    assert (PHRASE, ["slowness", "licenses"]) in bench.shared()[0]
    parsed.clear()
    assert touched(bench.remove_ambiguous(PHRASE)) == (come, [])
    assert parsed == concerned[1:]


def test_the_first_of_a_new_situation_begins_its_file_and_the_last_ends_it(
    bench: Workbench, copy: Path
):
    create(bench, NEW)
    bench.add_examples(NEW, [PHRASE, "outra que nada diz"])
    before = files(copy)
    first = bench.share_example(NEW, PHRASE, "licenses")
    text = (copy / FILE).read_text(encoding="utf-8")
    assert text.endswith(
        f"  - intent: {NEW}\n    examples:\n"
        "      - text: 'nada anda: o ''ok'' parou'\n        metadata: {also: [licenses]}\n"
    )
    second = bench.share_example(NEW, "outra que nada diz", "slowness")
    assert [names for text, names in bench.shared()[0] if NEW in names] == [
        [NEW, "licenses"], [NEW, "slowness"]
    ]  # fmt: skip
    removed = [bench.remove_ambiguous(text) for text in (PHRASE, "outra que nada diz")]
    assert not (copy / FILE).exists()
    for applied in (*reversed(removed), second, first):
        bench.undo(applied)
    assert files(copy) == before


def test_every_file_begins_as_a_new_one_does_and_holds_its_situation_alone():
    paths = sorted((ROOT / "data/ambiguous").glob("*.yml"))
    assert len(read_torn(ROOT / "data/ambiguous")) > 4000
    for path in paths:
        start = ambiguous._NEW.format(id=path.stem).removesuffix(" []\n")
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"{start}\n") and text.count("- intent: ") == 1, path


def test_what_others_change_matters_in_the_same_file_alone(bench: Workbench):
    found, etags = bench.shared()
    slow, fast, *_ = [text for text, names in found if names[0] == "slowness"]
    other = next(text for text, names in found if names[0] == "licenses")
    Workbench(bench.root, "Bia").remove_ambiguous(slow, etags[slow])
    with pytest.raises(Conflict, match="data/ambiguous/slowness.yml mudou"):
        bench.remove_ambiguous(fast, etags[fast])
    bench.remove_ambiguous(other, etags[other])
    assert {text for text, _ in found} - {text for text, _ in bench.shared()[0]} == {slow, other}


def test_what_is_not_there_is_not_removed(bench: Workbench):
    with pytest.raises(Missing, match="não está em data/ambiguous"):
        bench.remove_ambiguous(PHRASE)
