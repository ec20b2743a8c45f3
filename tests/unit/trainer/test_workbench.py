"""A change reaches the files whole or not at all, and touches nothing but its own lines."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from assistant.knowledge import load_knowledge
from trainer.workbench import Applied, Conflict, Missing, Refused, Workbench, kept, writing
from trainer.workbench.draft import Write

QUESTIONS = [f"como faço a coisa de número {n}?" for n in range(8)]
CHECK = {
    "id": "nova",
    "kind": "check",
    "title": "Nova verificação",
    "performer": "qualquer pessoa",
    "text": 'Abra "Detalhes". Veja se a data venceu.',
    "question": "Deu certo?",
    "answers": [
        {"id": "sim", "label": "Sim", "then": "solved"},
        {"id": "nao", "label": "Não", "then": "next"},
    ],
}


@pytest.fixture
def bench(copy: Path) -> Workbench:
    return Workbench(copy, "Ana", clock=lambda: "2026-11-29T12:00:00+00:00")


def touched(applied: Applied) -> tuple[list[str], list[str]]:
    """Return the lines that went and those that came."""
    lines = [line for line in applied.diff().splitlines() if line[:3] not in ("---", "+++", "@@ ")]
    return (
        [line[1:].strip() for line in lines if line.startswith("-")],
        [line[1:].strip() for line in lines if line.startswith("+")],
    )


def files(root: Path) -> dict[str, bytes]:
    paths = [p for folder in ("data", "knowledge", "tests") for p in (root / folder).rglob("*.yml")]
    return {str(p): p.read_bytes() for p in [*paths, root / "domain.yml"]}


def test_a_changed_title_changes_its_line_alone(bench: Workbench):
    applied = bench.set_situation("licenses", {"title": "Acabaram as licenças"})
    gone, come = touched(applied)
    assert (len(gone), come) == (1, ["title: Acabaram as licenças"])


def test_a_changed_check_keeps_what_is_not_named(bench: Workbench):
    before, etag = bench.situation("survey_unavailable")
    fields = {"text": "Abra a pesquisa. Confira as datas.", "menu": ["Administrador"], "names": []}
    bench.set_check("survey_unavailable", "datas_da_pesquisa", fields, etag)
    after, _ = bench.situation("survey_unavailable")
    assert after["checks"][0] == {**before["checks"][0], **fields}
    assert after["checks"][1:] == before["checks"][1:]


def test_one_label_of_an_answer_is_one_line(bench: Workbench):
    situation, _ = bench.situation("survey_unavailable")
    answers = situation["checks"][1]["answers"]
    answers[0]["label"] = "Foi, sim"
    applied = bench.set_check("survey_unavailable", "enviada_por_campanha", {"answers": answers})
    gone, come = touched(applied)
    assert (len(gone), come) == (1, ["label: Foi, sim"])


def test_a_field_that_was_not_there_stands_in_its_place(bench: Workbench):
    bench.set_check("email_rules", "regra_da_caixa", {"why": None})
    bench.set_check("email_rules", "regra_da_caixa", {"why": "Porque sim."})
    keys = list(bench.situation("email_rules")[0]["checks"][0])
    assert keys.index("text") + 1 == keys.index("why")


def test_a_check_is_added_moved_and_removed(bench: Workbench):
    before = bench.situation("licenses")[0]["checks"]
    bench.add_check("licenses", CHECK, place=1)
    assert bench.situation("licenses")[0]["checks"] == [CHECK, *before]
    bench.move_check("licenses", "nova", len(before) + 1)
    assert bench.situation("licenses")[0]["checks"] == [*before, CHECK]
    bench.remove_check("licenses", "nova")
    assert bench.situation("licenses")[0]["checks"] == before


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (lambda b: b.set_situation("licenses", {"title": " "}), "vazio"),
        (lambda b: b.set_situation("licenses", {"id": "x"}), "não é um campo"),
        (lambda b: b.set_situation("licenses", {"clarify": "x" * 76}), "clarify"),
        (lambda b: b.set_situation("../x", {"title": "x"}), "não serve como id"),
        (lambda b: b.set_check("licenses", "nada", {"title": "x"}), "'nada'"),
        (lambda b: b.set_check("email_rules", "regra_da_caixa", {"ask_admin": None}), "ask_admin"),
        (lambda b: b.add_check("licenses", {**CHECK, "id": "Não"}), "não serve como id"),
        (lambda b: b.add_check("licenses", {**CHECK, "text": None}), "text"),
        (lambda b: b.move_check("email_rules", "regra_da_caixa", 5), "não é um lugar"),
        (lambda b: b.remove_check("email_rules", "regra_da_caixa"), "pelo menos uma verificação"),
        (lambda b: b.set_articles("licenses", ["nenhum"]), "'nenhum' não existe"),
        (lambda b: b.set_articles("licenses", []), "articles"),
        (lambda b: b.remove_article("outlook_oauth2"), "usado em: email_send_receive"),
        (lambda b: b.add_article("sem_licencas", "licenses", {}), "Já existe"),
        (lambda b: b.add_article("nova", "licenses", {"title": "x", "questions": ["a"]}), "quest"),
        (lambda b: b.set_article("sem_licencas", {"url": "http://x"}), "url"),
        (lambda b: b.set_response("utter_guide_opened", "Entendi: {titulo}"), "{summary}, {title}"),
        (lambda b: b.set_response("utter_guide_opened", "Entendi: {title"), "chave sem par"),
        (lambda b: b.set_response("utter_nada", "x"), "utter_nada"),
        (lambda b: b.set_label("progress", "Verificação {n}"), "{m}"),
        (lambda b: b.set_label("nada", "x"), "nada"),
        (lambda b: b.add_examples("nada", ["uma frase"]), "Não há frases de 'nada'"),
        (lambda b: b.add_examples("licenses", ["uma frase", "Uma frase!"]), "duas vezes"),
        (lambda b: b.add_examples("licenses", ["nova frase", "..."]), "nenhuma letra"),
        (lambda b: b.add_examples("licenses", ["docx n vai no chat"]), "frase de medição"),
        (lambda b: b.add_examples("licenses", ["o cpf é 529.982.247-25"]), "CPF"),
        (lambda b: b.add_examples("licenses", ["use [isto](aqui)"]), "colchetes"),
        (lambda b: b.add_examples("licenses", ["uma\nduas"]), "uma linha só"),
        (lambda b: b.add_examples("licenses", ["x" * 2001]), "2001 caracteres"),
        (lambda b: b.move_example("não há", "licenses", "slowness"), "não está em licenses"),
        (lambda b: b.share_example("licenses", "não há", "licenses"), "já está em licenses"),
        (lambda b: b.share_example("licenses", "não há", "nada"), "'nada' não existe"),
        (lambda b: b.share_example("licenses", "não há", "slowness"), "não está em licenses"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_touched(bench: Workbench, copy: Path, what, says):
    before = files(copy)
    with pytest.raises((Refused, Missing)) as refused:
        what(bench)
    assert says in str(refused.value)
    assert files(copy) == before
    assert not (copy / "var/audit.jsonl").exists()


def test_a_file_that_changed_since_it_was_read_is_not_written(bench: Workbench, copy: Path):
    _, etag = bench.situation("licenses")
    Workbench(copy, "Bia").set_situation("licenses", {"title": "O que Bia escreveu"})
    with pytest.raises(Conflict, match="licenses.yml mudou"):
        bench.set_situation("licenses", {"summary": "O que Ana escreveu."}, etag)
    assert bench.situation("licenses")[0]["title"] == "O que Bia escreveu"


def test_of_two_that_write_at_once_one_is_told(bench: Workbench):
    _, etag = bench.examples("licenses")
    told = []

    def add(n: int) -> None:
        try:
            bench.add_examples("licenses", [f"frase nova de número {n} sobre licenças"], etag)
        except Conflict as conflict:
            told.append(conflict)

    threads = [threading.Thread(target=add, args=(n,)) for n in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    added = [text for text in bench.examples("licenses")[0] if text.startswith("frase nova de")]
    assert (len(added), len(told)) == (1, 3)


def test_examples_are_added_moved_reworded_and_removed(bench: Workbench):
    before, _ = bench.examples("out_of_scope")
    applied = bench.add_examples("licenses", ["- licença de pesca vencida", "e a do barco"])
    assert touched(applied) == ([], ["- licença de pesca vencida", "- e a do barco"])
    bench.move_example("licença de pesca vencida", "licenses", "out_of_scope")
    bench.replace_example("out_of_scope", "licença de pesca vencida", "Licença de pesca VENCIDA")
    assert bench.examples("out_of_scope")[0] == [*before, "Licença de pesca VENCIDA"]
    bench.remove_example("out_of_scope", "Licença de pesca VENCIDA")
    assert bench.examples("out_of_scope")[0] == before


def test_of_pasted_phrases_every_fourth_only_measures(bench: Workbench, copy: Path):
    bench.add_examples("slowness", ["já está aqui uma frase"])
    pasted = [f"frase colada número {n}" for n in range(1, 10)]
    more = ["Já está aqui, uma frase!", pasted[0].upper()]
    applied = bench.add_phrases("slowness", [*more[:1], *pasted, *more[1:]], 4)
    told = [(change.edit.what, change.edit.after) for change in applied.changes]
    apart = [text for what, text in told if what == "heldout.add"]
    assert apart == [pasted[3], pasted[7]]
    assert [text for what, text in told if what == "example.add"] == [
        text for text in pasted if text not in apart
    ]
    assert set(apart) <= set(bench.apart("heldout", "slowness")[0])
    assert not set(apart) & set(bench.examples("slowness")[0])
    before = files(copy)
    with pytest.raises(Refused, match="todas as frases já estão.*\n.*já está em slowness"):
        bench.add_phrases("slowness", more[:1], 4)
    with pytest.raises(Refused) as caught:
        bench.add_phrases("slowness", ["...", "meu cpf é 529.982.247-25", "outra bem nova"], 4)
    assert len(caught.value.faults) == 2 and files(copy) == before


def test_what_stands_elsewhere_is_left_out_of_many_and_told(bench: Workbench, copy: Path):
    bench.add_apart("tuning", "licenses", ["frase de ajuste bem nova"])
    bench.add_examples("slowness", ["frase que serve a duas"])
    bench.share_example("slowness", "frase que serve a duas", "licenses")
    there = {
        "O OMNI está lento!": "já está em slowness.",
        "docx n vai no chat": "já é uma frase de medição de chat_attachments.",
        "Frase de ajuste, bem nova": "já é uma frase de ajuste de licenses.",
        "frase que serve a duas": "a mais de uma situação: slowness e outras.",
    }
    new = ["frase nova de licença", "outra frase nova de licença"]
    applied = bench.add_phrases("licenses", [new[0], *there, *new], 2)
    assert [change.edit.after for change in applied.changes] == new
    assert [text in told and why in told for (text, why), told in zip(
        there.items(), applied.skipped, strict=False)] == [True] * 4  # fmt: skip
    assert applied.skipped[4:] == (f"“{new[0]}” aparece duas vezes na lista.",)
    assert kept.read(copy, applied.id).skipped == applied.skipped


def test_the_articles_of_a_situation_and_their_situations_agree(bench: Workbench, copy: Path):
    names = [*bench.situation("licenses")[0]["articles"], "demora_emails"]
    bench.set_articles("licenses", names)
    knowledge = load_knowledge(copy / "knowledge")
    assert knowledge.situations["licenses"].articles == tuple(names)
    assert "licenses" in knowledge.articles["demora_emails"].situations


def test_an_article_comes_and_goes_without_a_trace(bench: Workbench, copy: Path):
    before = files(copy)
    bench.add_article("nova", "licenses", {"title": "Nova", "questions": QUESTIONS})
    bench.set_article("nova", {"url": "https://wiki.example.com/nova"})
    article = load_knowledge(copy / "knowledge").articles["nova"]
    assert (article.url_status, article.questions) == ("found", tuple(QUESTIONS))
    bench.remove_article("nova")
    assert files(copy) == before


def test_sentences_and_labels_change_in_their_place(bench: Workbench):
    text = 'Certo: **{title}**.\n"{summary}"'
    bench.set_response("utter_guide_opened", text)
    assert bench.responses()[0]["utter_guide_opened"] == text
    assert touched(bench.set_label("yes", "Isso"))[1] == ['"yes": Isso']


def test_what_was_written_is_taken_back(bench: Workbench, copy: Path):
    before = files(copy)
    applied = bench.set_articles("licenses", ["demora_emails", "sem_licencas", "excluir_usuario"])
    assert files(copy) != before
    bench.undo(applied)
    assert files(copy) == before


def test_it_is_not_taken_back_over_someone_elses_work(bench: Workbench):
    applied = bench.set_situation("licenses", {"title": "Um título"})
    bench.set_situation("licenses", {"summary": "Outra coisa."})
    with pytest.raises(Conflict):
        bench.undo(applied)


def test_a_fault_that_was_there_before_stops_no_other_change(bench: Workbench, copy: Path):
    (copy / "knowledge/situations/slowness.yml").write_text("id: slowness\n", encoding="utf-8")
    assert bench.set_situation("licenses", {"title": "Um título"}).changes


def test_a_disk_that_fails_half_way_leaves_all_files_as_they_were(
    bench: Workbench, copy: Path, monkeypatch
):
    before = files(copy)
    put, done = writing._put, []

    def fail_second(path: Path, text: str | None) -> None:
        done.append(path)
        if len(done) == 2:
            raise OSError("no space left on device")
        put(path, text)

    monkeypatch.setattr(writing, "_put", fail_second)
    with pytest.raises(OSError, match="no space"):
        bench.set_articles("licenses", ["demora_emails", "sem_licencas", "excluir_usuario"])
    assert len(done) == 3  # the first was put back
    assert files(copy) == before
    assert not (copy / "var/audit.jsonl").exists()


def test_a_file_is_replaced_and_leaves_no_other(tmp_path: Path):
    writing.write_all(tmp_path, [Write("a/b.yml", None, "x: 1\n")])
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b.yml"]


def test_the_lock_is_not_waited_for_for_ever(bench: Workbench, copy: Path, monkeypatch):
    monkeypatch.setattr(writing, "WAIT_SECONDS", 0.1)
    with writing.alone(copy / "var/workbench.lock"), pytest.raises(Refused, match="0.1 segundos"):
        bench.set_label("yes", "Isso")


def test_a_hand_written_style_that_would_be_lost_is_refused(bench: Workbench, copy: Path):
    path = copy / "knowledge/labels.yml"
    path.write_text(path.read_text(encoding="utf-8") + "more:    Mais\n", encoding="utf-8")
    with pytest.raises(Refused, match="está escrito de um jeito"):
        bench.set_label("yes", "Isso")


def test_the_log_says_who_what_and_when_but_no_phrase(bench: Workbench, copy: Path):
    bench.set_situation("licenses", {"title": "Um título"})
    bench.add_examples("licenses", ["o João da firma perdeu a licença"])
    text = (copy / "var/audit.jsonl").read_text(encoding="utf-8")
    title, example = map(json.loads, text.splitlines())
    assert (title["who"], title["after"]) == ("Ana", "Um título")
    assert title["file"] == "knowledge/situations/licenses.yml"
    assert example["what"] == "example.add"
    assert example["when"] == "2026-11-29T12:00:00+00:00"
    assert "João" not in text


def test_nothing_changed_is_nothing_logged(bench: Workbench, copy: Path):
    title = bench.situation("licenses")[0]["title"]
    assert bench.set_situation("licenses", {"title": title}).changes == ()
    assert not (copy / "var/audit.jsonl").exists()


def test_someone_must_be_named(copy: Path):
    with pytest.raises(Refused, match="nome"):
        Workbench(copy, " ").set_label("yes", "Isso")
