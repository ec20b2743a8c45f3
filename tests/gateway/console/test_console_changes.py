"""What trainers change: files as they should be, stale edits told, everything escaped, undone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from console_person import Person
from test_console_roles import snapshot

from gateway.console.parts import Console
from gateway.console.stubs import id_of
from trainer.workbench import Workbench

NASTY = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'{{7*7}}"
ESCAPED = ("<script>alert", "<img src=x", "49")


def read(root: Path, file: str) -> Any:
    return yaml.safe_load((root / file).read_text(encoding="utf-8"))


def texts_of(root: Path, id: str = "slowness") -> dict[str, str]:
    found = read(root, f"knowledge/situations/{id}.yml")
    return {name: found[name] for name in ("title", "module", "performer", "clarify", "summary")}


async def test_a_changed_title_is_one_line_of_yaml(
    trainer: Person, console: Console, root: Path
) -> None:
    before = snapshot(console)
    etag = await trainer.etag("/situacoes/slowness")
    form = {**texts_of(root), "title": "Omni lento: trava ou cai", "etag": etag}
    answer = await trainer.post("/situacoes/slowness/textos", form)
    assert answer.status_code == 303 and "feito=saved" in answer.headers["Location"]
    after = snapshot(console)
    (file,) = [name for name in after if before.get(name) != after[name]]
    old, new = before[file].splitlines(), after[file].splitlines()
    assert file.endswith("slowness.yml") and len(old) == len(new)
    assert [b for a, b in zip(old, new, strict=True) if a != b] == [
        b'title: "Omni lento: trava ou cai"'
    ] or texts_of(root)["title"] == "Omni lento: trava ou cai"
    page = await trainer.http.get(answer.headers["Location"])
    assert "Gravado." in page.text and "/treinador/historico/" in page.text


async def test_a_form_sent_as_it_came_changes_no_byte(
    trainer: Person, console: Console, root: Path
) -> None:
    """Every text, check and article as its own page shows it."""
    before = snapshot(console)
    bench = Workbench(root)
    for id in bench.situations():
        found, etag = bench.situation(id)
        fields = {**texts_of(root, id), "etag": etag}
        answer = await trainer.post(f"/situacoes/{id}/textos", fields)
        assert "feito=unchanged" in answer.headers["Location"], id
        for check in found["checks"]:
            path = f"/situacoes/{id}/verificacoes/{check['id']}"
            form = form_of((await trainer.get(path)).text)
            answer = await trainer.post(path, form)
            assert "feito=unchanged" in answer.headers["Location"], f"{path} {form}"
    for article in bench.articles()[0][:12]:
        path = f"/artigos/{article['id']}"
        answer = await trainer.post(path, form_of((await trainer.get(path)).text))
        assert "feito=unchanged" in answer.headers["Location"], path
    assert snapshot(console) == before
    assert not (root / "var/audit.jsonl").exists()


def form_of(text: str, action: str = "") -> dict[str, str]:
    """Return the fields of a page's form with that action's end, else of its first card."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, str] = {}
            self.inside, self.area, self.select = False, "", ""

        def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
            a = dict(given)
            if tag == "form":
                card = a.get("class") == "card" and not action
                self.inside = card or bool(action) and str(a.get("action")).endswith(action)
            if not self.inside:
                return
            if tag == "input" and a.get("name"):
                self.found[str(a["name"])] = a.get("value") or ""
            elif tag == "textarea":
                self.area = str(a["name"])
                self.found[self.area] = ""
            elif tag == "select":
                self.select = str(a["name"])
            elif tag == "option" and self.select:
                value = a.get("value")
                if "selected" in a or self.select not in self.found:
                    self.found[self.select] = value if value is not None else "\0"

        def handle_data(self, data: str) -> None:
            if self.area:
                self.found[self.area] += data
            elif self.select and self.found.get(self.select) == "\0":
                self.found[self.select] = data

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.area = ""
            if tag == "select":
                self.select = ""
            if tag == "form":
                self.inside = False

    parser = Fields()
    parser.feed(text)
    parser.found.pop("csrf", None)  # the page's own
    return parser.found


async def test_a_stale_edit_shows_theirs_and_keeps_mine(
    trainer: Person, second: Person, root: Path
) -> None:
    path = "/situacoes/slowness"
    opened = form_of((await trainer.get(path)).text, "/textos")
    theirs = {**opened, "summary": "O resumo da Bia.", "module": "Parte da Bia"}
    mine = {**opened, "summary": "O resumo da Ana.", "clarify": "A frase da Ana"}
    assert (await second.post(f"{path}/textos", theirs)).status_code == 303
    answer = await trainer.post(f"{path}/textos", mine)
    assert answer.status_code == 409 and "slowness.yml" not in answer.text
    assert "“O resumo da Bia.”" in answer.text and "Bia mudou “" in answer.text
    again = form_of(answer.text, "/textos")
    assert again["summary"] == "O resumo da Ana." and again["clarify"] == "A frase da Ana"
    assert again["module"] == "Parte da Bia"  # not touched by Ana
    assert texts_of(root)["summary"] == "O resumo da Bia."
    assert (await trainer.post(f"{path}/textos", again)).status_code == 303
    now = texts_of(root)
    assert (now["summary"], now["clarify"]) == ("O resumo da Ana.", "A frase da Ana")
    assert now["module"] == "Parte da Bia"


async def test_of_a_check_and_an_article_only_what_was_touched_is_applied(
    trainer: Person, second: Person, root: Path
) -> None:
    for path, theirs, mine in (
        ("/situacoes/slowness/verificacoes/maquina", {"why": "Da Bia."}, {"text": "Da Ana."}),
        ("/artigos/demora_emails", {"questions": "da bia\n" * 9}, {"title": "Da Ana"}),
    ):
        opened = form_of((await trainer.get(path)).text)
        assert (await second.post(path, {**opened, **theirs})).status_code == 303, path
        answer = await trainer.post(path, {**opened, **mine})
        assert answer.status_code == 409, path
        again = form_of(answer.text)
        for name, value in (theirs | mine).items():
            assert again[name].split() == value.split(), (path, name)
        assert (await trainer.post(path, again)).status_code == 303, path
        saved = form_of((await trainer.get(path)).text)
        assert all(saved[name].split() == v.split() for name, v in (theirs | mine).items()), path


async def test_a_form_that_is_refused_hides_no_conflict(
    trainer: Person, second: Person, root: Path
) -> None:
    path = "/situacoes/slowness"
    opened = form_of((await trainer.get(path)).text, "/textos")
    refused = await trainer.post(f"{path}/textos", {**opened, "title": ""})
    assert refused.status_code == 422 and "“Título”: o texto está vazio" in refused.text
    theirs = {**opened, "summary": "O resumo da Bia."}
    assert (await second.post(f"{path}/textos", theirs)).status_code == 303
    again = {**form_of(refused.text, "/textos"), "title": "Omni parado"}
    assert (await trainer.post(f"{path}/textos", again)).status_code == 409
    assert texts_of(root)["summary"] == "O resumo da Bia."


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/situacoes/slowness/verificacoes/maquina", {"title": "Outro nome", "text": "x"}),
        ("/situacoes/slowness/verificacoes/nova", {"title": "Outro nome", "text": "x"}),
        ("/situacoes/slowness/verificacoes/maquina/mover", {"lugar": "1"}),
        ("/situacoes/slowness/verificacoes/limpeza/remover", {}),
        ("/situacoes/slowness/artigos", {"articles": "demora_emails"}),
        ("/frases/slowness/acrescentar", {"frases": "minha frase bem nova", "acao": "acrescentar"}),
        ("/frases/slowness/tirar", {"frase": "o omni está lento"}),
        ("/artigos/demora_emails", {"title": "Outro título"}),
        ("/artigos/demora_emails/remover", {}),
    ],
)
async def test_every_change_minds_its_etag(
    trainer: Person, console: Console, path: str, form: dict[str, str]
) -> None:
    before = snapshot(console)
    answer = await trainer.post(path, {**form, "etag": "0123456789abcdef"})
    assert answer.status_code in (404, 409), answer.text
    if answer.status_code == 409:
        assert "depois que você abriu a página" in answer.text
        assert "tirar" in path or all(v in answer.text for v in form.values() if " " in v)
    assert snapshot(console) == before


async def test_texts_of_people_are_escaped_everywhere(
    trainer: Person, console: Console, root: Path
) -> None:
    await trainer.post("/situacoes/slowness/textos", {**texts_of(root), "summary": NASTY})
    await trainer.post("/frases/slowness/acrescentar", {"frases": NASTY, "acao": "acrescentar"})
    await trainer.post("/artigos/demora_emails", {"title": NASTY, "questions": "\n".join(
        f"{NASTY} {n}" for n in range(9))})  # fmt: skip
    await trainer.post("/situacoes/slowness/verificacoes/maquina", {"title": "<b>", "text": NASTY,
                                                                    "question": NASTY})  # fmt: skip
    ids = [one.name.removesuffix(".json.gz") for one in (root / "var/changes").iterdir()]
    assert len(ids) >= 4
    paths = ["/situacoes/slowness", "/situacoes/slowness?busca=script", f"/situacoes?busca={NASTY}",
             "/situacoes/slowness/verificacoes/maquina", "/artigos", "/artigos/demora_emails",
             f"/artigos?busca={NASTY}", "/conferencia?tudo=1", "/historico", f"/uso?de={NASTY}",
             f"/revisao?motivo={NASTY}", f"/situacoes?feito={NASTY}&mudanca={NASTY}",
             *(f"/historico/{id}" for id in ids)]  # fmt: skip
    seen = 0
    for path in paths:
        text = (await trainer.http.get(f"/treinador{path}")).text
        seen += "&lt;script&gt;alert" in text
        assert not any(raw in text for raw in ESCAPED[:2]), path
    assert seen >= 6
    typed = await trainer.post("/situacoes/nova", {"title": NASTY, "articles": "nada"})
    assert typed.status_code in (404, 422) and "<script>alert" not in typed.text


async def test_an_undo_takes_it_back_to_the_byte(
    trainer: Person, console: Console, root: Path
) -> None:
    before = snapshot(console)
    form = {"frases": "minha frase bem nova\noutra frase bem nova", "acao": "acrescentar"}
    answer = await trainer.post("/frases/slowness/acrescentar", form)
    id = answer.headers["Location"].split("mudanca=")[1].split("#")[0]
    page = await trainer.get(f"/historico/{id}")
    assert "+      - minha frase bem nova" in page.text
    undone = await trainer.post(f"/historico/{id}/desfazer")
    assert undone.status_code == 303 and snapshot(console) == before
    listed = (await trainer.get("/historico")).text
    assert "exemplo acrescentado (2)" in listed and "desfeito: exemplo acrescentado (2)" in listed
    again = await trainer.post(f"/historico/{id}/desfazer")
    assert again.status_code == 409 and snapshot(console) == before


async def test_the_audit_log_has_who_and_no_phrase(trainer: Person, root: Path) -> None:
    form = {"frases": "minha frase bem nova", "acao": "acrescentar"}
    await trainer.post("/frases/slowness/acrescentar", form)
    (line,) = (root / "var/audit.jsonl").read_text(encoding="utf-8").splitlines()
    found = json.loads(line)
    assert (found["who"], found["what"]) == ("Ana", "example.add") and "minha frase" not in line
    assert (root / "var/changes").stat().st_mode and all(
        one.stat().st_mode & 0o077 == 0 for one in (root / "var/changes").iterdir()
    )


async def test_line_ends_of_other_kinds_are_line_ends(trainer: Person, root: Path) -> None:
    form = {"frases": "minha frase bem nova\u2028outra frase bem nova\u2029mais uma bem nova",
            "acao": "acrescentar"}  # fmt: skip
    answer = await trainer.post("/frases/slowness/acrescentar", form)
    assert answer.status_code == 303 and "\u2028" not in unquote(answer.headers["Location"])
    assert len((root / "var/audit.jsonl").read_text(encoding="utf-8").split("\n")) == 4
    assert "exemplo acrescentado (3)" in (await trainer.get("/historico")).text
    title = {**texts_of(root), "title": "Omni\u2028lento"}
    await trainer.post("/situacoes/slowness/textos", title)
    assert "\u2028" not in texts_of(root)["title"]


async def test_a_spoilt_line_hides_no_history(trainer: Person, root: Path) -> None:
    await trainer.post("/situacoes/slowness/textos", {**texts_of(root), "summary": "O da Ana."})
    log = root / "var/audit.jsonl"
    line = json.loads(log.read_text(encoding="utf-8"))
    more = json.dumps({**line, "who": "Zoé", "after": "a\u2028b"}, ensure_ascii=False)
    log.write_text(
        f'{log.read_text(encoding="utf-8")}{more}\n[1]\n{{"when": "2026', encoding="utf-8"
    )
    page = await trainer.get("/historico")
    assert page.status_code == 200 and "Ana" in page.text and "Zoé" in page.text


@pytest.mark.parametrize("page", ["9" * 5000, "0", "-1", "x", "²"])
async def test_a_page_that_is_none_is_the_first(trainer: Person, root: Path, page: str) -> None:
    await trainer.post("/situacoes/slowness/textos", {**texts_of(root), "summary": "O da Ana."})
    answer = await trainer.get("/historico", pagina=page)
    assert answer.status_code == 200 and "texto da situação" in answer.text


async def test_a_refused_phrase_is_told_and_kept(trainer: Person, console: Console) -> None:
    before = snapshot(console)
    refused = {
        "meu cpf é 529.982.247-25": "dados pessoais",
        "...": "nenhuma letra",
        "o omni está lento": "já está em",
        "": "pelo menos uma frase",
    }
    for phrase, why in refused.items():
        form = {"frases": phrase, "acao": "acrescentar"}
        answer = await trainer.post("/frases/slowness/acrescentar", form)
        assert answer.status_code == 422 and why in answer.text, phrase
    assert snapshot(console) == before


async def test_a_whole_situation_from_nothing(
    trainer: Person, console: Console, root: Path
) -> None:
    path = "/situacoes/ramal_fica_mudo"
    answer = await trainer.post("/situacoes/nova", {"title": "Ramal fica mudo", "topics": "ramal"})
    assert answer.headers["Location"].startswith(f"/treinador{path}?feito=created")
    page = await trainer.http.get(answer.headers["Location"])
    assert "Criada. Preencha o que falta." in page.text
    assert "falta preencher" in page.text and "PREENCHA" not in page.text
    told = (await trainer.get("/conferencia?tudo=1")).text
    for where in ("/verificacoes/primeira", "#exemplos", "#medicao"):
        assert f'href="/treinador{path}{where}"' in told, where
    assert 'href="/treinador/artigos/ramal_fica_mudo_artigo"' in told
    texts = {
        "title": "Ramal fica mudo",
        "module": "Telefonia",
        "performer": "administrador",
        "clarify": "O ramal fica mudo na ligação",
        "summary": "Vamos ver o ramal.",
    }
    check = {
        "title": "Fone",
        "text": "Troque o fone.",
        "question": "Resolveu?",
        "why": "y",
        "ask_admin": "Por favor, veja o ramal.",
        "kind": "check",
    }
    questions = "\n".join(f"por que o ramal {n} fica mudo" for n in range(8))
    article = {"title": "Ramal mudo", "questions": questions}
    answer = await trainer.post(f"{path}/textos", texts)
    assert answer.status_code == 303, answer.text
    answer = await trainer.post(f"{path}/verificacoes/primeira", check)
    assert answer.status_code == 303, answer.text[-9000:-7000]
    assert (await trainer.post("/artigos/ramal_fica_mudo_artigo", article)).status_code == 303
    phrases = "\n".join(f"o ramal {n} ficou sem som" for n in range(3))
    for kind in ("heldout", "tuning"):
        form = {"frases": f"{kind} ligação sem voz nenhuma"}
        assert (await trainer.post(f"{path}/medicao/{kind}/acrescentar", form)).status_code == 303
    form = {"frases": phrases, "acao": "acrescentar"}
    assert (await trainer.post("/frases/ramal_fica_mudo/acrescentar", form)).status_code == 303
    assert "PREENCHA" not in "".join(
        (root / f"{folder}/situations/ramal_fica_mudo.yml").read_text(encoding="utf-8")
        for folder in ("knowledge", "data")
    )
    told = (await trainer.get("/conferencia?tudo=1")).text
    assert "exemplos: 3; o mínimo é 30" in told and "frases de medição: 1" in told
    refused = await trainer.post(f"{path}/remover")
    assert refused.status_code == 422 and "já tem conteúdo" in refused.text
    assert (await trainer.post(f"{path}/remover", {"tudo": "1"})).status_code == 303
    assert not (root / "knowledge/situations/ramal_fica_mudo.yml").exists()


async def test_phrases_that_measure_are_never_trained(trainer: Person, root: Path) -> None:
    await trainer.post("/situacoes/nova", {"title": "Ramal fica mudo"})
    path = "/situacoes/ramal_fica_mudo/medicao"
    same = {"frases": "o omni está lento"}
    assert (await trainer.post(f"{path}/heldout/acrescentar", same)).status_code == 422
    mine = "ligação sem voz nenhuma agora"
    assert (await trainer.post(f"{path}/heldout/acrescentar", {"frases": mine})).status_code == 303
    trained = {"frases": mine, "acao": "acrescentar"}
    answer = await trainer.post("/frases/ramal_fica_mudo/acrescentar", trained)
    assert answer.status_code == 422 and "frase de medição" in answer.text
    assert (await trainer.post(f"{path}/heldout/tirar", {"frase": mine})).status_code == 303
    assert (await trainer.post(f"{path}/outra/tirar", {"frase": mine})).status_code == 404


async def test_a_disk_that_is_full_changes_nothing(
    trainer: Person, console: Console, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    before = snapshot(console)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("trainer.workbench.bench.write_all", full)
    answer = await trainer.post("/situacoes/slowness/textos", {**texts_of(root), "title": "Outro"})
    assert answer.status_code == 422 and "Não consegui gravar" in answer.text
    assert "No space" not in answer.text and snapshot(console) == before


@pytest.mark.parametrize("title", ["Nova", "nova", "Novo"])
async def test_an_id_never_hides_a_page(trainer: Person, title: str) -> None:
    answer = await trainer.post("/situacoes/nova", {"title": title})
    assert answer.headers["Location"].startswith(f"/treinador/situacoes/{title.lower()}_1")
    again = await trainer.post("/situacoes/nova", {"title": title.upper()})
    assert again.status_code == 422 and "com este título" in again.text
    for topics in ("Ramal!", "correio"):
        form = {"title": "Outra bem nova", "topics": topics}
        refused = await trainer.post("/situacoes/nova", form)
        assert refused.status_code == 422, topics
        assert "<details open>" in refused.text and "<p>Palavras soltas: " in refused.text
    assert "<details>" in (await trainer.get("/situacoes/nova")).text
    nothing = await trainer.post("/situacoes/nova", {"title": "???"})
    assert nothing.status_code == 422 and "uma palavra com letras" in nothing.text


@pytest.mark.parametrize(
    ("title", "id"),
    [
        (
            "Ramal não transfere a chamada para outro setor",
            "ramal_nao_transfere_a_chamada_para_outro",
        ),
        (
            "Ramal não transfere a chamada para outra equipe",
            "ramal_nao_transfere_a_chamada_para_outra",
        ),
        ("x" * 50, "x" * 40),
        ("Ramal não transfere a chamada para fornecedores", "ramal_nao_transfere_a_chamada_para"),
    ],
)
def test_a_long_titles_id_ends_with_a_word(title: str, id: str) -> None:
    assert id_of(title) == id and len(id) <= 40
    other = id_of(title, {id})
    assert other.endswith("_2") and len(other) <= 40 and "__" not in other
