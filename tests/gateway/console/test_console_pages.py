"""Every page is drawn, in Portuguese, under the strict policy."""

from __future__ import annotations

import re

import pytest
from console_person import Person

PAGES = [
    "",
    "/situacoes",
    "/situacoes/nova",
    "/situacoes/slowness",
    "/situacoes/slowness?busca=lento",
    "/situacoes/slowness/verificacoes/maquina",
    "/situacoes/slowness/verificacoes/nova",
    "/frases/go_back",
    "/frases/slowness/alterar?frase=o omni está lento",
    "/frases/de-mais-de-uma?busca=fila",
    "/textos?busca=resolveu",
    "/artigos",
    "/artigos?busca=senha",
    "/artigos/novo",
    "/artigos/demora_emails",
    "/revisao",
    "/revisao/aceitas",
    "/conferencia",
    "/medicao",
    "/versoes",
    "/uso",
    "/uso?de=2026-11-01&ate=2026-11-30",
    "/uso/slowness",
    "/historico",
]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page(trainer: Person, path: str) -> None:
    page = await trainer.http.get(f"/treinador{path}")
    assert page.status_code == 200, page.text
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert '<html lang="pt-BR">' in page.text and "<h1>" in page.text
    assert " style=" not in page.text and " onclick" not in page.text


# Ids of situations, checks and intents, names of fields, commands and files.
FOREIGN = re.compile(
    r"\b(?:slowness|licenses|out_of_scope|demora_emails|nlu|clarify|performer|ask_admin"
    r"|utter_\w+|make \w+|--\w+|wait|solved|\w+/\w+\.yml|[a-z]+_[a-z_]+)\b"
)


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/historico"])
async def test_a_trainer_reads_no_id_and_no_english(trainer: Person, path: str) -> None:
    await trainer.post("/situacoes/nova", {"title": "Ramal fica mudo"})
    await trainer.post("/frases/slowness/acrescentar", {"frases": "nova", "acao": "acrescentar"})
    page = await trainer.http.get(f"/treinador{path}")
    found = sorted(set(FOREIGN.findall(read(page.text))))
    assert found == [], f"{path}: {found}"


def read(page: str) -> str:
    """Return what a page says, its fields' labels and hints too, without what people wrote."""
    body = re.sub(r"<(script|style|textarea|code)\b.*?</\1>", " ", page, flags=re.S)
    spoken = " ".join(re.findall(r' (?:aria-label|placeholder|title)="([^"]*)"', body))
    words = re.sub(r"“[^”]*”|\S+@\S+|https?://\S+", " ", re.sub(r"<[^>]+>", " ", body) + spoken)
    return re.sub(r"\{\w+\}", " ", words)
