"""A new situation stands everywhere, the doctor says what it lacks, and it is taken back whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.knowledge import load_knowledge
from tests.unit.trainer.test_workbench import files
from trainer.check import FAIL, WARN
from trainer.check.examine import examine
from trainer.check.project import Project
from trainer.check.reading import readable
from trainer.situation import __main__ as command
from trainer.situation import create, remove
from trainer.workbench import Missing, Refused, Workbench

NEW = "ramal_mudo"


@pytest.fixture
def bench(copy: Path) -> Workbench:
    return Workbench(copy, "Ana")


def test_the_stubs_stand_in_every_place(bench: Workbench, copy: Path):
    applied = create(bench, NEW, today=date(2026, 11, 29))
    assert sorted(write.file for write in applied.writes) == [
        "data/situations/ramal_mudo.yml",
        "domain.yml",
        "knowledge/articles.yml",
        "knowledge/situations/ramal_mudo.yml",
        "tests/nlu/heldout/ramal_mudo.yml",
        "tests/nlu/tuning/ramal_mudo.yml",
    ]
    situation = load_knowledge(copy / "knowledge").situations[NEW]
    assert (situation.section, situation.verified) == (18, "2026-11-29")
    assert situation.articles == ("ramal_mudo_artigo",)


def test_the_intent_stands_among_the_situations(bench: Workbench, copy: Path):
    create(bench, NEW)
    lines = (copy / "domain.yml").read_text(encoding="utf-8").splitlines()
    at = lines.index(f"  - {NEW}")
    assert lines[at - 1 : at + 2] == ["  - slowness", f"  - {NEW}", "  # Replies within a guide"]


def test_the_doctor_says_what_is_missing_and_where(bench: Workbench, copy: Path):
    create(bench, NEW)
    found = examine(copy).of(FAIL)
    assert {result.rule for result in found} == {"unfilled", "enough"}
    unfilled = {result.file for result in found if result.rule == "unfilled"}
    assert unfilled == {"knowledge/articles.yml", f"knowledge/situations/{NEW}.yml"}
    few = {result.file for result in found if result.rule == "enough"}
    assert few == {f"data/situations/{NEW}.yml", f"tests/nlu/heldout/{NEW}.yml"}


def test_phrases_for_tuning_may_come_later(bench: Workbench, copy: Path):
    create(bench, NEW)
    (lacks,) = (r for r in examine(copy).of(WARN) if r.rule == "ids")
    assert lacks.text == "nenhuma frase de ajuste" and NEW in lacks.file


def test_articles_title_and_topics_may_be_given(bench: Workbench, copy: Path):
    create(bench, NEW, 'Ramal "mudo": \\ não toca', ["sem_licencas"], ["ramal", "ramais"])
    knowledge = load_knowledge(copy / "knowledge")
    assert knowledge.situations[NEW].title == 'Ramal "mudo": \\ não toca'
    assert NEW in knowledge.articles["sem_licencas"].situations
    assert knowledge.topics.of("ramais") == (NEW,)
    assert list(readable(Project(copy))) == []


@pytest.mark.parametrize("topics", [(), ("ramal",)])
@pytest.mark.parametrize("articles", [(), ("sem_licencas", "demora_emails")])
def test_what_was_made_is_taken_back_to_the_byte(bench: Workbench, copy: Path, articles, topics):
    before = files(copy)
    create(bench, NEW, articles=articles, topics=topics)
    assert files(copy) != before
    remove(bench, NEW)
    assert files(copy) == before


def test_two_situations_are_taken_back_in_either_order(bench: Workbench, copy: Path):
    before = files(copy)
    create(bench, NEW)
    create(bench, "ramal_ocupado")
    remove(bench, NEW)
    remove(bench, "ramal_ocupado")
    assert files(copy) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("Ramal",), "não serve como id"),
        (("ramal-mudo",), "não serve como id"),
        (("../x",), "não serve como id"),
        (("x" * 41,), "no máximo 40"),
        (("",), "não serve como id"),
        (("licenses",), "Já existe"),
        (("greet",), "palavra do próprio assistente"),
        (("unsure",), "palavra do próprio assistente"),
        ((NEW, "x" * 121), "title"),
        ((NEW, "", ["nenhum"]), "'nenhum' não existe"),
        ((NEW, "", [], ["chat"]), "já é usada por outra situação"),
        ((NEW, "", [], ["Ramal"]), "minúsculas"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_touched(
    bench: Workbench, copy: Path, arguments, says: str
):
    before = files(copy)
    with pytest.raises((Refused, Missing), match=says):
        create(bench, *arguments)
    assert files(copy) == before


def test_what_holds_work_is_not_taken_away(bench: Workbench, copy: Path):
    create(bench, NEW)
    bench.add_examples(NEW, ["o ramal fica mudo quando toca"])
    before = files(copy)
    with pytest.raises(Refused, match="já tem conteúdo"):
        remove(bench, NEW)
    assert files(copy) == before
    remove(bench, NEW, force=True)
    assert not (copy / f"data/situations/{NEW}.yml").exists()


def test_what_others_still_name_is_not_taken_away(bench: Workbench, copy: Path):
    before = files(copy)
    with pytest.raises(Refused, match=r"data/ambiguous/\w+\.yml, linha"):
        remove(bench, "licenses", force=True)
    assert files(copy) == before


def test_what_fits_others_as_well_is_not_taken_away_with_it(bench: Workbench, copy: Path):
    create(bench, NEW)
    bench.add_examples(NEW, ["o ramal fica mudo e lento"])
    bench.share_example(NEW, "o ramal fica mudo e lento", "slowness")
    with pytest.raises(Refused, match=f"data/ambiguous/{NEW}.yml, linha"):
        remove(bench, NEW, force=True)
    bench.remove_ambiguous("o ramal fica mudo e lento")
    remove(bench, NEW, force=True)
    assert not (copy / f"data/ambiguous/{NEW}.yml").exists()


def test_no_situation_begins_with_anothers_messages(bench: Workbench, copy: Path):
    (copy / f"data/ambiguous/{NEW}.yml").write_text("nlu: []\n", encoding="utf-8")
    with pytest.raises(Refused, match=f"data/ambiguous/{NEW}.yml"):
        create(bench, NEW)


def test_what_does_not_exist_cannot_be_taken_away(bench: Workbench):
    with pytest.raises(Missing, match="não existe em lugar nenhum"):
        remove(bench, NEW)


def test_the_command_says_what_was_written_and_what_to_fill_in(copy: Path, monkeypatch, capsys):
    monkeypatch.setattr(command, "ROOT", copy)
    monkeypatch.setattr("sys.argv", ["situation", NEW])
    assert command.main() == 0
    out = capsys.readouterr().out
    assert f"data/situations/{NEW}.yml" in out
    assert "make check" in out
    monkeypatch.setattr("sys.argv", ["situation", NEW, "--remove"])
    assert command.main() == 0


@pytest.mark.parametrize(("arguments", "says"), [([], "Uso"), (["Não"], "não serve como id")])
def test_the_command_says_what_is_wrong(copy: Path, monkeypatch, capsys, arguments, says: str):
    monkeypatch.setattr(command, "ROOT", copy)
    monkeypatch.setattr("sys.argv", ["situation", *arguments])
    assert command.main() == 1
    assert says in capsys.readouterr().err
