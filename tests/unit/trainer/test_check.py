"""The data doctor names each fault, and finds none in what is committed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.settings import ROOT
from trainer.check import __main__ as command
from trainer.check import (
    accents,
    balance,
    ids,
    knowledge,
    phrases,
    reading,
    texts,
    unfilled,
)
from trainer.check.examine import RULES, Report, examine
from trainer.check.project import Project
from trainer.check.result import FAIL, PASS, WARN, Finding, Result

RULE_LINES = (
    "rules:\n  - rule: {id}\n    steps:\n      - intent: {id}\n      - action: action_guide\n"
)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two situations with two phrases each, one of each set apart; knowledge is empty files."""
    for name in ("licenses", "slowness"):
        put(tmp_path, f"knowledge/situations/{name}.yml", "id: x\n")
    data(tmp_path, "licenses", "as licenças acabaram ontem", "ninguém novo consegue entrar")
    data(tmp_path, "slowness", "o sistema está muito lento", "as telas demoram para abrir")
    heldout(tmp_path, "licenses", "estourou o contrato de acessos da firma")
    return tmp_path


def put(root: Path, file: str, text: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, encoding="utf-8")


def nlu(intent: str, *examples: str) -> str:
    lines = "".join(f"      - {text}\n" for text in examples)
    return f"nlu:\n  - intent: {intent}\n    examples: |\n{lines}"


def data(root: Path, intent: str, *examples: str) -> None:
    text = nlu(intent, *examples) + "\n" + RULE_LINES.format(id=intent)
    put(root, f"data/situations/{intent}.yml", text)


def heldout(root: Path, intent: str, *examples: str) -> None:
    put(root, f"tests/nlu/heldout/{intent}.yml", nlu(intent, *examples))


def run(rule: Callable[[Project], object], root: Path) -> list[Result]:
    return [finding.told("x") for finding in rule(Project(root))]  # type: ignore[attr-defined]


def only(rule: Callable[[Project], object], root: Path, level: str = FAIL) -> Result:
    (found,) = run(rule, root)
    assert found.level == level
    assert found.todo
    return found


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# What is committed


@pytest.fixture(scope="module")
def report() -> Report:
    return examine(ROOT)


def test_nothing_must_be_mended_in_what_is_committed(report: Report):
    assert report.of(FAIL) == []
    assert not report.failed


def test_every_rule_has_a_result(report: Report):
    assert {result.rule for result in report.results} == set(RULES)
    assert {report.level(rule) for rule in RULES} <= {PASS, WARN}


def test_every_finding_says_where_and_what_to_do(report: Report):
    for result in report.of(WARN):
        assert (ROOT / result.file).exists()
        assert result.text and result.todo


# Reading


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\n\tb: 2\n", 2, "tabulação"),
        ('a: 1\nb: "sem fim\nc: 2\n', 2, "aspas"),
        ("a: 'sem fim\nc: 2\n", 1, "aspas"),
        ('a: "diz "isso" ali"\nb: 1\n', 1, "dentro das aspas"),
        ("a: um: dois\n", 1, "“: ”"),
        ("a:\n  - b\n - c\n", 3, "recuo"),
        ("a: [b, c\nd: 1\n", 2, "colchete"),
        ("a: @b\n", 1, "sinal"),
        ("a: 1\nb\nc: 2\n", 3, "dois-pontos"),
        ("a: 1\nb: 2\na: 3\n", 3, "duas vezes"),
        ("", 0, "vazio"),
    ],
)
def test_a_file_that_cannot_be_read_says_line_and_likely_cause(
    small: Path, text: str, line: int, says: str
):
    put(small, "knowledge/labels.yml", text)
    project = Project(small)
    assert "knowledge/labels.yml" not in project.files or not text
    found = only(reading.readable, small)
    assert (found.file, found.line) == ("knowledge/labels.yml", line)
    assert says in f"{found.text} {found.todo}"


def test_another_encoding_is_named(small: Path):
    (small / "domain.yml").write_bytes("intents: []\n# ação\n".encode("latin-1"))
    assert only(reading.readable, small).line == 2


@pytest.mark.parametrize("file", ["domain.yml", "knowledge/articles.yml", "data/ambiguous/a.yml"])
@pytest.mark.parametrize(
    "text",
    ['a: "\n', "[]\n", "x\n", "- a\n", "nlu: 1\n", "nlu: [{intent: a, examples: [b, {c: d}]}]\n"],
)
def test_a_broken_file_stops_no_other_rule(small: Path, file: str, text: str):
    put(small, file, text)
    assert examine(small).failed


# Agreement


def test_what_was_left_to_be_filled_in_is_named(small: Path):
    data(small, "licenses", "PREENCHA: uma frase")
    assert only(unfilled.unfilled, small).line == 4


def test_a_fault_in_knowledge_is_told_by_file_and_field(copy: Path):
    change(copy, "knowledge/situations/licenses.yml", "articles: [", "articles: [nenhum, ")
    found = only(knowledge.faults, copy)
    assert (found.file, found.place) == ("knowledge/situations/licenses.yml", "articles")
    assert "'nenhum' não existe" in found.text


def test_an_article_in_no_situation_is_told(copy: Path):
    change(copy, "knowledge/articles.yml", "situations: [email_send_receive]", "situations: []")
    files = {found.file for found in run(knowledge.faults, copy)}
    assert "knowledge/articles.yml" in files


def test_a_check_that_is_never_reached_is_told(copy: Path):
    for _ in range(2):
        change(copy, "knowledge/situations/licenses.yml", "then: next", "then: articles")
    assert any("nenhuma resposta leva" in found.text for found in run(knowledge.faults, copy))


def test_a_check_that_leads_back_to_itself_is_told(copy: Path):
    path = "knowledge/situations/email_rules.yml"
    answers = (
        "    answers:\n      - {id: a, label: Sim, then: solved}\n"
        "      - {id: b, label: Não, then: {check: regra_da_caixa}}\n"
    )
    change(copy, path, "    ask_admin:", f"{answers}    ask_admin:")
    assert "sem fim" in only(knowledge.faults, copy).text


@pytest.mark.parametrize(
    ("ends", "level", "says"),
    [
        (("solved", "solved"), FAIL, "quem não resolveu"),
        (("articles", "articles"), WARN, "mesmo lugar"),
        (("articles", "person"), WARN, "foi resolvido"),
    ],
)
def test_a_guide_without_a_way_on_is_told(copy: Path, ends, level, says):
    answers = "    answers:\n" + "".join(
        f"      - {{id: a{n}, label: Resposta {n}, then: {end}}}\n" for n, end in enumerate(ends)
    )
    path = "knowledge/situations/email_rules.yml"
    change(copy, path, "    ask_admin:", f"{answers}    ask_admin:")
    found = run(knowledge.ways, copy)
    assert any(f.level == level and says in f"{f.text} {f.todo}" for f in found)


def test_a_situation_that_a_place_lacks_is_told(copy: Path):
    (copy / "data/situations/licenses.yml").unlink()
    change(copy, "domain.yml", "  - slowness\n", "  - slownes\n")
    change(copy, "tests/nlu/heldout/situations.yml", "intent: queue_hours", "intent: queue")
    told = {(found.file, found.text.split(" ")[-1]) for found in run(ids.agree, copy)}
    lacks = {
        ("data/situations/", "licenses"),
        ("domain.yml", "slowness"),
    }
    assert lacks <= told
    few = [found.place for found in run(balance.enough, copy) if found.level == FAIL]
    assert "queue_hours" in few  # none of its phrases is held out any more
    extra = [found.text for found in run(ids.agree, copy) if "não existe" in found.text]
    assert len(extra) == 2


def test_examples_of_an_unknown_intent_or_in_another_file_are_told(copy: Path):
    change(copy, "data/small_talk.yml", "intent: greet", "intent: greets")
    change(
        copy, "data/situations/licenses.yml", "intent: licenses\n    ex", "intent: slowness\n    ex"
    )
    keys = [found.text for found in run(ids.agree, copy)]
    assert any("greets não existe" in text for text in keys)
    assert any("exemplos de slowness neste lugar" in text for text in keys)


def test_an_intent_twice_in_the_domain_is_told(copy: Path):
    change(copy, "domain.yml", "  - slowness\n", "  - slowness\n  - slowness\n")
    assert "duas vezes" in only(ids.agree, copy).text


def test_by_hand_it_is_said_otherwise_than_in_the_console(copy: Path):
    change(copy, "domain.yml", "  - slowness\n", "")
    lacks = next(found for found in run(ids.agree, copy) if "slowness" in found.text)
    assert "make" not in lacks.todo and "make situation ID=slowness" in lacks.by_hand


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("action_guide", "action_other", "leva ao lugar errado"),
        ("- intent: licenses\n      - action", "- intent: slowness\n      - action", "mais de uma"),
        ("rules:", "regras:", "falta a ligação interna de licenses"),
    ],
)
def test_an_intent_without_its_one_rule_is_told(copy: Path, old: str, new: str, says: str):
    change(copy, "data/situations/licenses.yml", old, new)
    found = run(ids.one_rule_each, copy)
    assert any(says in f"{f.text} {f.todo}" for f in found)


# Sizes


def test_too_few_examples_are_counted(small: Path):
    found = [f for f in run(balance.enough, small) if f.place == "licenses"]
    assert [f.text for f in found] == [
        "exemplos: 2; o mínimo é 30",
        "frases de medição: 1; o mínimo é 10",
    ]
    assert "mais 28" in found[0].todo and {f.level for f in found} == {FAIL}
    data(small, "licenses", *(f"licença {n}" for n in range(30)))
    heldout(small, "licenses", *(f"contrato {n}" for n in range(20)))
    (enough,) = [f for f in run(balance.enough, small) if f.place == "licenses"]
    assert enough.level == WARN and "já dá para publicar" in enough.text


@pytest.mark.parametrize(("size", "says"), [(70, "maiores"), (500, "atrairá")])
def test_a_situation_out_of_proportion_is_told(small: Path, size: int, says: str):
    for name in ("a", "b", "c"):
        put(small, f"knowledge/situations/{name}.yml", "id: x\n")
        data(small, name, *(f"{name} frase {n}" for n in range(200)))
    data(small, "licenses", *(f"licença {n}" for n in range(size)))
    found = only(balance.balanced, small, WARN)
    assert found.place == "licenses"
    assert says in found.todo


# Phrases


@pytest.mark.parametrize("line", ["- ", "- veja [isto](aqui)", "-sem espaço"])
def test_an_example_that_says_something_else_to_rasa_is_told(small: Path, line: str):
    put(
        small,
        "data/x.yml",
        f"nlu:\n  - intent: a\n    examples: |\n      - boa frase\n      {line}\n",
    )
    assert only(phrases.sound, small).file == "data/x.yml"


def test_a_phrase_in_two_intents_is_told_whatever_its_case_and_accents(small: Path):
    data(small, "slowness", "AS LICENCAS ACABARAM, ONTEM!")
    found = only(phrases.once, small)
    assert "licenses" in found.text
    assert (found.file, found.line) == ("data/situations/slowness.yml", 4)


def test_a_phrase_twice_in_one_intent_is_told(small: Path):
    data(small, "licenses", "as licenças acabaram", "As licenças acabaram...")
    assert "duas vezes" in only(phrases.once, small).text


def test_phrases_that_differ_in_next_to_nothing_are_told(small: Path):
    close = "ninguém novo consegue entrar no sistema desde ontem"
    data(small, "licenses", close, close.replace("ninguém", "ninguem") + " cedo", "outra bem longe")
    found = only(phrases.alike, small, WARN)
    assert "% igual" in found.text
    assert found.line == 5


def test_a_phrase_set_apart_that_is_trained_on_is_told(small: Path):
    heldout(small, "slowness", "O SISTEMA está muito lento")
    found = only(phrases.apart, small)
    assert "data/situations/slowness.yml:4" in found.text


def test_an_ambiguous_phrase_set_apart_is_told(small: Path):
    torn(small, "licenses", "slowness", text="estourou o contrato de acessos da firma")
    assert "data/ambiguous/licenses.yml" in only(phrases.apart, small).text


def test_a_phrase_nearly_set_apart_is_told_without_showing_the_other(small: Path):
    data(small, "licenses", "estourou o contrato de acessos da nossa firma")
    found = only(phrases.nearly_apart, small, WARN)
    assert "da firma" not in found.text
    assert "tests/nlu/heldout/licenses.yml:4" in found.text


def torn(root: Path, intent: str, *also: str, text: str = "nada anda") -> None:
    entry = f"      - text: '{text}'\n        metadata: {{also: [{', '.join(also)}]}}\n"
    put(root, f"data/ambiguous/{intent}.yml", f"nlu:\n  - intent: {intent}\n    examples:\n{entry}")


@pytest.mark.parametrize(
    ("also", "says"), [("licences", "licences não existe"), ("licenses", "duas situações")]
)
def test_an_ambiguous_phrase_needs_two_situations_that_exist(small: Path, also: str, says: str):
    torn(small, "licenses", also)
    found = only(phrases.ambiguous, small)
    assert says in found.text
    assert found.line == 4


def test_ambiguous_phrases_stand_in_the_file_of_their_situation(small: Path):
    torn(small, "licenses", "slowness")
    assert run(phrases.ambiguous, small) == []
    (small / "data/ambiguous/licenses.yml").rename(small / "data/ambiguous.yml")
    assert "data/ambiguous/licenses.yml" in only(phrases.ambiguous, small).by_hand
    put(small, "data/ambiguous/licenses.yml", nlu("licenses", "a licença da catraca venceu"))
    (astray,) = [r for r in run(ids.agree, small) if r.file == "data/ambiguous/licenses.yml"]
    assert "exemplos de licenses" in astray.text and astray.line == 4


def test_an_ambiguous_phrase_is_no_example_as_well(small: Path):
    torn(small, "licenses", "slowness", text="O sistema está muito lento!")
    assert "exemplo de slowness" in only(phrases.ambiguous, small).text


@pytest.mark.parametrize(
    "text",
    [
        "meu cpf é 529.982.247-25",
        "cpf 52998224725 não entra",
        "a empresa 11.222.333/0001-81 não acessa",
        "o cartão 4111 1111 1111 1111 foi recusado",
        "me liga no (11) 98123-4567",
        "meu zap 11981234567",
    ],
)
def test_a_phrase_with_someones_data_is_told(small: Path, text: str):
    data(small, "licenses", text)
    assert only(phrases.personal, small).line == 4


def test_an_address_is_asked_about(small: Path):
    data(small, "licenses", "o joao.silva@empresa.com.br sumiu", "o a@b.example.com.br também")
    assert "joao.silva@empresa.com.br" in only(phrases.personal, small, WARN).text


@pytest.mark.parametrize(
    "text",
    [
        "o protocolo 20231104123456 sumiu",
        "111.111.111-11",
        "cpf 529.982.247-26 de mentira",
        "ligue (11) 90000-0000",
        "1234 5678 9012 3456",
        "erro 503 em 17/11/2026 às 12:30",
    ],
)
def test_other_numbers_are_nobodys(small: Path, text: str):
    data(small, "licenses", text)
    assert run(phrases.personal, small) == []


# Sentences


@pytest.mark.parametrize(
    ("text", "level", "says"),
    [
        ("Entendi: {titulo} {summary} {title}", FAIL, "{titulo}"),
        ("Entendi: {title {summary}", FAIL, "sem par"),
        ("Entendi: {title}", WARN, "{summary}"),
    ],
)
def test_a_response_that_names_an_unknown_value_is_told(copy: Path, text: str, level, says: str):
    old = '"Entendi: **{title}**.\\n{summary}"'
    change(copy, "domain.yml", old, f'"{text}"')
    found = only(texts.responses, copy, level)
    assert says in found.text
    assert found.place == "responses.utter_guide_opened"


def test_a_response_that_the_code_says_and_the_domain_lacks_is_told(copy: Path):
    change(copy, "domain.yml", "utter_two_problems:", "utter_two_problem:")
    assert any("falta a resposta utter_two_problems" in f.text for f in run(texts.responses, copy))


@pytest.mark.parametrize("text", ["Verificação {x}", "Verificação {n"])
def test_a_label_that_names_an_unknown_value_is_told(copy: Path, text: str):
    change(copy, "knowledge/labels.yml", '"Verificação {n} de {m}: {title}"', f'"{text}"')
    assert only(texts.labels, copy).place == "progress"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("knowledge/situations/licenses.yml", "title: ", "title: Nao e possivel; "),
        ("knowledge/labels.yml", "Pular esta verificação", "Pular esta verificacao"),
        ("knowledge/articles.yml", "Não Recebimento", "Nao Recebimento"),
        ("domain.yml", "Entendi: ", "Entendi a situacao: "),
    ],
)
def test_a_word_without_its_accent_is_told(copy: Path, file: str, old: str, new: str):
    change(copy, file, old, new)
    assert only(accents.accents, copy).file == file


def test_a_name_in_quotes_is_spelt_as_the_product_spells_it(copy: Path):
    change(copy, "knowledge/situations/licenses.yml", "summary: ", 'summary: Abra "Situacao". ')
    assert run(accents.accents, copy) == []


# The command


def test_the_command_tells_failures_and_ends_with_one(small: Path, monkeypatch, capsys):
    monkeypatch.setattr(command, "ROOT", small)
    monkeypatch.setattr("sys.argv", ["check"])
    assert command.main() == 1
    out = capsys.readouterr().out
    assert "FALHA" in out
    assert "falhas: " in out.splitlines()[-2]


def test_many_warnings_are_counted_and_shown_on_demand():
    one = Finding(WARN, "address", "x.yml", values=(("address", "a@b.c"),)).told("personal")
    report = Report((one,) * 5 + tuple(Result(PASS, rule, "", "", "", "") for rule in RULES))
    assert "e mais 2" in list(command.told(report))[-1]
    assert len(list(command.told(report, everything=True))) == 5


def test_the_command_writes_json(small: Path, monkeypatch, capsys):
    monkeypatch.setattr(command, "ROOT", small)
    monkeypatch.setattr("sys.argv", ["check", "--json"])
    command.main()
    assert {"level", "rule", "file", "line", "todo"} <= set(json.loads(capsys.readouterr().out)[0])


def test_the_command_ends_with_zero_where_nothing_fails(monkeypatch, capsys, report: Report):
    monkeypatch.setattr(command, "examine", lambda root: report)
    monkeypatch.setattr("sys.argv", ["check"])
    assert command.main() == 0
