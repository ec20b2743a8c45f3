"""Who may do what, over every route that there is and every method."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from console_person import ORIGIN, Person
from fastapi import FastAPI
from fastapi.routing import APIRoute

from gateway.console import pages
from gateway.console.jobs import Jobs
from gateway.console.parts import Console

OPEN = {
    ("GET", "/entrar"),
    ("POST", "/entrar"),
    ("GET", "/conta"),
    ("GET", "/conta/volta"),
    ("GET", "/arquivos/console.css"),
    ("GET", "/arquivos/console.js"),
}
# What anybody who is logged in may send.
OF_ALL = {("POST", "/sair")}
FILLED = {"{id}": "slowness", "{check}": "maquina", "{intent}": "slowness", "{kind}": "heldout",
          "{message}": "01J00000000000000000000000", "{situation}": "slowness",
          "{name}": "figures.json"}  # fmt: skip


def routes() -> Iterator[tuple[str, str]]:
    """Yield (method, path below /treinador) of every route, as they are put together."""
    for part in pages.PARTS:
        for route in part.router.routes:
            assert isinstance(route, APIRoute)
            for method in route.methods:
                yield method, route.path.removeprefix("/treinador")


ALL = sorted(routes())
GUARDED = [one for one in ALL if one not in OPEN]
CHANGES = [one for one in GUARDED if one[0] == "POST" and one not in OF_ALL]


def filled(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return path


@pytest.fixture(autouse=True)
def no_works(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    begun: list[Any] = []

    async def start(self: Jobs, kind: str, who: str, *more: str) -> None:
        begun.append(kind)

    monkeypatch.setattr(Jobs, "start", start)
    return begun


def test_there_are_routes() -> None:
    assert len(ALL) > 40 and len(CHANGES) >= 22
    assert {method for method, _ in ALL} == {"GET", "POST"}


async def test_without_a_session_nothing_opens(nobody: Person) -> None:
    for method, path in GUARDED:
        if method == "GET":
            answer = await nobody.get(filled(path))
            assert answer.status_code == 303, path
            assert answer.headers["Location"].startswith("/treinador/entrar?para=")
        else:
            answer = await nobody.post(filled(path), csrf="x" * 64)
            assert answer.status_code == 401 and "sessão terminou" in answer.text, path


async def test_a_reader_looks_and_changes_nothing(
    reader: Person, console: Console, no_works: list[Any]
) -> None:
    before = snapshot(console)
    for method, path in GUARDED:
        if method == "GET":
            assert (await reader.get(filled(path))).status_code in (200, 404), path
    token = await reader.token()
    for _, path in CHANGES:
        answer = await reader.post(filled(path), {"title": "x", "frases": "y"}, csrf=token)
        assert answer.status_code == 403 and "só quem treina" in answer.text, path
    assert snapshot(console) == before and no_works == []
    assert (await reader.post("/sair", csrf=token)).status_code == 303


async def test_a_reader_sees_no_buttons_that_change(reader: Person) -> None:
    for path in ("/situacoes/slowness", "/situacoes/slowness/verificacoes/maquina", "/medicao",
                 "/artigos/demora_emails", "/versoes", "/revisao", "/frases/resolved"):  # fmt: skip
        text = (await reader.get(path)).text
        forms = re.findall(r'method="post".*?</form>', text, re.S)
        assert sum("<button" in form for form in forms) == 1, path  # the one to go out


async def test_a_form_without_its_token_is_refused(trainer: Person, console: Console) -> None:
    before = snapshot(console)
    for _, path in [*CHANGES, *OF_ALL]:
        for token in ("", "x" * 64, "é"):
            answer = await trainer.post(filled(path), {"title": "x"}, csrf=token)
            assert answer.status_code == 403 and "recarregue" in answer.text, path
    assert snapshot(console) == before


async def test_another_persons_token_is_refused(trainer: Person, second: Person) -> None:
    theirs = await second.token()
    for _, path in CHANGES:
        answer = await trainer.post(filled(path), csrf=theirs)
        assert answer.status_code == 403, path


async def test_a_visits_token_is_no_sessions(trainer: Person, nobody: Person) -> None:
    token = Person.fields((await nobody.get("/entrar")).text)["csrf"]
    answer = await trainer.post("/situacoes/nova", {"title": "x"}, csrf=token)
    assert answer.status_code == 403
    assert (await nobody.post("/entrar", {"nome": "a"}, csrf="x" * 64)).status_code == 403


@pytest.mark.parametrize("origin", [None, "null", "http://mau.example", "https://gateway",
                                    "http://gateway:81", "http://gateway.mau.example"])  # fmt: skip
async def test_a_form_of_another_site_is_refused(
    trainer: Person, console: Console, origin: str | None
) -> None:
    token, before = await trainer.token(), snapshot(console)
    for _, path in [*CHANGES, *OF_ALL, ("POST", "/entrar")]:
        answer = await trainer.post(filled(path), {"title": "x"}, csrf=token, origin=origin)
        assert answer.status_code == 403 and "não veio" in answer.text, path
    assert snapshot(console) == before


async def test_other_methods_are_pages_too(trainer: Person) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = await trainer.http.request(method, "/treinador/situacoes")
        assert answer.status_code == 405 and "<h1>" in answer.text
    # A GET never changes anything, so what only takes forms is not found by one.
    assert (await trainer.get("/versoes/voltar")).status_code == 405


@pytest.mark.parametrize("path", ["/nada", "/situacoes/nada", "/situacoes/slowness/verificacoes/x",
                                  "/artigos/nada", "/frases/nada", "/historico/nada", "/uso/nada",
                                  "/uso/arquivo/passwd", "/revisao/conversa/nada",
                                  "/situacoes/..%2f..%2fdomain", "/historico/..%2f..%2faudit",
                                  "/situacoes/%00", "/medicao/relatorio"])  # fmt: skip
async def test_what_is_not_there_is_said_kindly(trainer: Person, path: str) -> None:
    answer = await trainer.http.get(f"/treinador{path}")
    assert answer.status_code in (404, 422)
    assert "Não deu certo" in answer.text and "detail" not in answer.text


async def test_a_failure_shows_nothing_of_the_inside(
    trainer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("segredo de dentro")

    monkeypatch.setattr("gateway.console.library.Library.cards", broken)
    answer = await trainer.get("/situacoes")
    assert answer.status_code == 500 and "Algo deu errado" in answer.text
    assert "segredo" not in answer.text and "Traceback" not in answer.text


async def test_strange_bodies_are_refused_kindly(app: FastAPI, trainer: Person) -> None:
    headers = {"Origin": ORIGIN}
    url, kind = "/treinador/situacoes/nova", {"Content-Type": "application/x-www-form-urlencoded"}
    for content, more in ((b"{}", {"Content-Type": "application/json"}), (b"\xff\xfe", kind),
                          (b"&a=1" * 2000, kind), (b"x" * 200_000, kind), (b"", {})):  # fmt: skip
        answer = await trainer.http.post(url, content=content, headers=headers | more)
        assert answer.status_code in (400, 403, 413, 415)
        assert "<h1>" in answer.text


async def test_nothing_of_it_is_in_the_public_description(app: FastAPI) -> None:
    assert not any("treinador" in path for path in app.openapi()["paths"])


def snapshot(console: Console) -> dict[str, bytes]:
    root = console.settings.console.root
    return {str(p): p.read_bytes() for p in root.rglob("*") if p.is_file() and "var" not in p.parts}


async def test_an_image_without_the_projects_files_has_no_console(
    trainer: Person, console: Console
) -> None:
    (console.settings.console.root / "domain.yml").unlink()
    for method, path in GUARDED:
        send = trainer.get if method == "GET" else trainer.post
        answer = await send(filled(path))
        assert answer.status_code == 404 and "não tem os arquivos" in answer.text, path
