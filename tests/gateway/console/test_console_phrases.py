"""Phrases: pasted with some set apart, corrected, moved, shared; the assistant's own texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from console_person import Person
from test_console_roles import snapshot

from gateway.console.parts import Console
from trainer.workbench import Workbench

PHRASE, SHARED = "o omni está lento", "anexo não abre"


async def test_of_forty_pasted_phrases_ten_measure(trainer: Person, root: Path) -> None:
    await trainer.post("/situacoes/nova", {"title": "Ramal fica mudo"})
    page = (await trainer.get("/situacoes/ramal_fica_mudo")).text
    assert 'name="separar" value="1" checked' in page and "40 frases coladas viram 30" in page
    phrases = [f"o ramal da mesa {n} ficou mudo" for n in range(40)]
    form = {"frases": "\n".join([*phrases, phrases[0]]), "acao": "acrescentar", "separar": "1"}
    answer = await trainer.post("/frases/ramal_fica_mudo/acrescentar", form)
    page = (await trainer.http.get(answer.headers["Location"])).text
    assert "Exemplos: 30; guardadas para medir: 10; ficaram de fora: 1." in page
    assert f"“{phrases[0]}” aparece duas vezes na lista." in page
    bench = Workbench(root)
    assert bench.apart("heldout", "ramal_fica_mudo")[0] == phrases[3::4]
    assert len(bench.examples("ramal_fica_mudo")[0]) == 30
    told = (await trainer.get("/conferencia")).text
    assert "exemplos: 30; já dá para publicar, mas o bom é 60 ou mais" in told
    listed = (await trainer.get("/historico")).text
    assert "exemplo acrescentado (30)" in listed and "frase de medição acrescentada (10)" in listed


async def test_every_faulty_line_of_many_is_told_at_once(trainer: Person, console: Console) -> None:
    before = snapshot(console)
    lines = ["uma frase bem nova", "...", "meu cpf é 529.982.247-25", "docx n vai no chat"]
    form = {"frases": "\n".join(lines[:3]), "acao": "acrescentar"}
    answer = await trainer.post("/frases/slowness/acrescentar", form)
    assert answer.status_code == 422
    assert "nenhuma letra" in answer.text and "dados pessoais" in answer.text
    assert "\n".join(lines[:3]) in answer.text  # all of them are still in the box
    form = {"frases": f"{lines[3]}\n{PHRASE}", "acao": "acrescentar"}
    answer = await trainer.post("/frases/licenses/acrescentar", form)
    assert (
        "já é uma frase de medição" in answer.text
        and "já está em “Lentidão, travamento, instabilidade ou mensagem de erro" in answer.text
    )
    assert snapshot(console) == before


async def test_what_is_an_example_elsewhere_is_left_out_of_many(
    trainer: Person, root: Path
) -> None:
    new, bench = "minha licença venceu ontem à tarde", Workbench(root)
    form = {"frases": f"{PHRASE}\n{new}\ndocx n vai no chat", "acao": "acrescentar"}
    answer = await trainer.post("/frases/licenses/acrescentar", form)
    where = answer.headers["Location"]
    assert "&em=exemplos&" in where and where.endswith("#exemplos") and PHRASE not in where
    page = (await trainer.http.get(where)).text
    assert "Exemplos: 1; guardadas para medir: 0; ficaram de fora: 2." in page
    assert f"“{PHRASE}” já está em “Lentidão" in page
    assert "“docx n vai no chat” já é uma frase de medição de “" in page
    assert page.index('id="t-examples"') < page.index('role="status"') < page.index('id="f-frases"')
    assert new in bench.examples("licenses")[0] and PHRASE in bench.examples("slowness")[0]
    again = await trainer.post("/frases/licenses/acrescentar", form)
    assert again.status_code == 422 and "todas as frases já estão guardadas" in again.text
    assert page.count('role="status"') == again.text.count('role="alert"') == 1
    assert again.text.index('id="t-examples"') < again.text.index('role="alert"')


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/situacoes/slowness/medicao/heldout/acrescentar", "t-apart"),
        ("/situacoes/slowness/medicao/tuning/acrescentar", "t-apart"),
        ("/frases/out_of_scope/acrescentar", "t-examples"),
    ],
)
async def test_a_section_says_what_its_form_did(trainer: Person, path: str, section: str) -> None:
    for text, role in ((PHRASE, "alert"), ("uma frase bem nova de agora", "status")):
        answer = await trainer.post(path, {"frases": text, "acao": "acrescentar"})
        if role == "status":
            answer = await trainer.http.get(answer.headers["Location"])
        assert answer.text.count(f'role="{role}"') == 1
        assert answer.text.index(f'id="{section}"') < answer.text.index(f'role="{role}"')


async def test_a_phrase_is_corrected_and_moved(trainer: Person, root: Path) -> None:
    page = (await trainer.get("/situacoes/slowness", busca=PHRASE)).text
    assert "/treinador/frases/slowness/alterar?frase=o%20omni%20est%C3%A1%20lento" in page
    form = {"frase": PHRASE, "nova": "o omni está lentíssimo hoje"}
    answer = await trainer.post("/frases/slowness/trocar", form)
    assert answer.status_code == 303 and "feito=saved" in answer.headers["Location"]
    bench = Workbench(root)
    assert form["nova"] in bench.examples("slowness")[0]
    assert PHRASE not in bench.examples("slowness")[0]
    moved = {"frase": form["nova"], "para": "licenses"}
    answer = await trainer.post("/frases/slowness/mover", moved)
    assert answer.headers["Location"].startswith("/treinador/situacoes/licenses?feito=moved")
    assert form["nova"] in bench.examples("licenses")[0]
    listed = (await trainer.get("/historico")).text
    assert "exemplo reescrito" in listed and "exemplo mudado de lugar" in listed
    gone = await trainer.post("/frases/slowness/mover", moved)
    assert gone.status_code == 404


async def test_a_phrase_of_two_situations_is_listed_and_taken(trainer: Person, root: Path) -> None:
    form = {"frase": PHRASE, "para": "licenses"}
    assert (await trainer.post("/frases/slowness/dividir", form)).status_code == 303
    assert (PHRASE, ["slowness", "licenses"]) in Workbench(root).shared()[0]
    page = (await trainer.get("/frases/de-mais-de-uma", busca=PHRASE)).text
    assert PHRASE in page and "slowness" not in page
    taken = await trainer.post("/frases/de-mais-de-uma/tirar", {"frase": PHRASE})
    assert taken.status_code == 303
    assert PHRASE not in (await trainer.get("/frases/de-mais-de-uma", busca="lento")).text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/frases/slowness/trocar", {"frase": PHRASE, "nova": "outra frase bem nova"}),
        ("/frases/slowness/mover", {"frase": PHRASE, "para": "licenses"}),
        ("/frases/slowness/dividir", {"frase": PHRASE, "para": "licenses"}),
        ("/textos/gravar", {"tipo": "botao", "nome": "resolved", "texto": "Resolvido"}),
        ("/frases/de-mais-de-uma/tirar", {"frase": SHARED}),
    ],
)
async def test_every_change_minds_its_etag(
    trainer: Person, console: Console, path: str, form: dict[str, str]
) -> None:
    before = snapshot(console)
    answer = await trainer.post(path, {**form, "etag": "0123456789abcdef"})
    assert answer.status_code == 409, answer.text
    assert snapshot(console) == before


async def test_the_assistants_texts_are_changed(trainer: Person, root: Path) -> None:
    page = (await trainer.get("/textos", busca="Resolveu")).text
    assert 'value="Resolveu"' in page and "utter_" not in page.replace('value="utter_', "")
    form = {"tipo": "botao", "nome": "resolved", "texto": "Sim, resolveu"}
    assert (await trainer.post("/textos/gravar", form)).status_code == 303
    form = {"tipo": "frase", "nome": "utter_guide_opened", "texto": "Entendi: {titulo}"}
    answer = await trainer.post("/textos/gravar", {**form, "busca": "Entendi"})
    assert answer.status_code == 422 and "{summary}, {title}" in answer.text
    assert "Entendi: {titulo}</textarea>" in answer.text
    assert "resolved: Sim, resolveu" in (root / "knowledge/labels.yml").read_text("utf-8")
    assert "texto de botão" in (await trainer.get("/historico")).text


async def test_a_new_situations_phrase_is_shared_and_taken_again(
    trainer: Person, root: Path
) -> None:
    for title in ("Ramal fica mudo", "Ramal toca sem parar"):
        await trainer.post("/situacoes/nova", {"title": title})
    new, other = "ramal_fica_mudo", "ramal_toca_sem_parar"
    bench = Workbench(root, "Ana")
    before = bench.shared()[0]
    for to in ("slowness", other):
        phrase = f"o ramal não ajuda, {to}"
        bench.add_examples(new, [phrase])
        form = {"frase": phrase, "para": to}
        assert (await trainer.post(f"/frases/{new}/dividir", form)).status_code == 303
        (text, names), *_ = [one for one in bench.shared()[0] if one not in before]
        assert text == phrase and set(names) == {new, to}
        await trainer.post("/frases/de-mais-de-uma/tirar", {"frase": phrase})
        assert bench.shared()[0] == before
    assert not (root / f"data/ambiguous/{new}.yml").exists()


async def test_what_is_refused_stays_in_the_form(trainer: Person) -> None:
    form = {"frase": PHRASE, "nova": "meu cpf é 529.982.247-25"}
    page = await trainer.post("/frases/slowness/trocar", form)
    assert page.status_code == 422 and f'value="{form["nova"]}"' in page.text
    form = {"frases": "meu cpf é 529.982.247-25", "acao": "acrescentar"}  # not ticked
    await trainer.post("/situacoes/nova", {"title": "Ramal fica mudo"})
    page = await trainer.post("/frases/ramal_fica_mudo/acrescentar", form)
    assert page.status_code == 422 and 'name="separar" value="1">' in page.text


async def test_a_spoilt_file_leaves_the_pages_that_help(trainer: Person, root: Path) -> None:
    (root / "knowledge/situations/slowness.yml").write_text("title:\t- x\n", encoding="utf-8")
    for path in ("/conferencia", "/versoes", "/historico", "/medicao"):
        page = await trainer.get(path)
        assert page.status_code == 200, path
