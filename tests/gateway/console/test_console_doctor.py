"""The doctor's page: what is new comes first, what stood there before is folded and counted."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console_person import Person

from gateway.console.naming import Names
from gateway.console.since import Mine, since
from trainer.check.result import WARN, Result
from trainer.workbench import Workbench

FILE = "data/situations/slowness.yml"


def found(line: int = 0, text: str = "x") -> Result:
    return Result(WARN, "alike", FILE, "slowness", text, "", line)


def bundle(folder: Path, created: datetime) -> Path:
    path = folder / "2026-11-29.1.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"created": created.isoformat()}))
    return path


async def test_ones_own_warnings_come_first_and_the_others_are_folded(
    trainer: Person, root: Path
) -> None:
    theirs = root / "data/situations/licenses.yml"
    copies = [f"      - quantas licenças livres tem o turno novo da noite {n}\n" for n in range(25)]
    lines = theirs.read_text("utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if "examples:" in line) + 1
    theirs.write_text("".join([*lines[:at], *copies, *lines[at:]]), "utf-8")
    old = Workbench(root).examples("slowness")[0]
    near = next(text for text in old if 6 <= len(text.split()) <= 9)  # long ones are shown cut
    form = {"frases": f"{near} ok", "acao": "acrescentar"}
    assert (await trainer.post("/frases/slowness/acrescentar", form)).status_code == 303
    page = (await trainer.get("/conferencia")).text
    mine = page[page.index('id="t-mine"') : page.index('id="t-rest"')]
    rest = page[page.index('id="t-rest"') : page.index('id="r-ok"')]
    assert f"{near} ok" in mine and "% igual a" in mine and "<details" not in mine
    assert mine.count('<li class="warn">') < 5
    folded = re.findall(r"<summary>[^<]*: (\d+)</summary>", rest)
    assert folded and sum(map(int, folded)) > 20
    assert re.search(r"Avisos de antes <small>(\d+)", rest)[1] == str(sum(map(int, folded)))
    assert page.index("t-mine") < page.index("t-rest") and f"{near} ok" not in rest


def test_only_new_lines_of_a_changed_file_are_ones_own(root: Path) -> None:
    assert not Mine(root, since(root, None)).has(found(5))
    Workbench(root, "Ana").add_examples("slowness", ["uma frase bem nova mesmo"])
    changed = since(root, None)
    assert changed.situations == {"slowness"}
    lines = (root / FILE).read_text("utf-8").splitlines()
    new = next(n for n, line in enumerate(lines, 1) if "bem nova mesmo" in line)
    mine = Mine(root, changed)
    assert mine.has(found(new)) and not mine.has(found(new - 1))
    assert mine.has(found(5, "“outra” é 90% igual a “uma frase bem nova mesmo”"))
    assert mine.has(found())  # of the file as a whole
    assert not mine.has(Result(WARN, "alike", "data/situations/licenses.yml", "", "x", ""))


@pytest.mark.parametrize(("hours", "there"), [(-1, True), (1, False)])
def test_what_is_live_already_is_no_change(
    root: Path, tmp_path: Path, hours: int, there: bool
) -> None:
    Workbench(root, "Ana").add_examples("slowness", ["uma frase bem nova mesmo"])
    live = bundle(tmp_path, datetime.now(UTC) + timedelta(hours=hours))
    assert (FILE in since(root, live).before) is there
    live.write_bytes(b"spoilt")
    assert FILE in since(root, live).before


NAMES = Names(
    {"slowness": "Sistema lento", "ramal": "Ramal mudo"},
    {"demora_emails": "Demora"},
    {"slowness": {"maquina": "CPU"}},
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("falta slowness", "falta “Sistema lento”"),
        ("“slowness” já está em slowness.", "“slowness” já está em “Sistema lento”."),
        ("o ramal toca", "o ramal toca"),  # a word of the title itself
        ("(data/situations/slowness.yml:37)", "(exemplos de “Sistema lento”)"),
        (
            "slowness.yml: checks.0.why: vazio",
            "“Sistema lento”, verificação “CPU”, Explicação: vazio",
        ),
        ("articles.yml: demora_emails.url: não combina", "artigo “Demora”, Endereço: não combina"),
        ("'title': o texto está vazio.", "“Título”: o texto está vazio."),
        ("a verificação 'maquina' não existe", "a verificação “CPU” não existe"),
        ("use {wait} e não_wait", "use {wait} e não_wait"),
        ("wait", "“um momento, ainda estou fazendo”"),
    ],
)
def test_sentences_have_titles_instead_of_ids(text: str, plain: str) -> None:
    assert NAMES.plain(text) == plain
