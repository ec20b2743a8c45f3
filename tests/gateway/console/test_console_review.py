"""The review inbox in the console: groups, decisions, conflicts, escaping, a thousand messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from console_person import Person
from history import Written
from sqlalchemy import event, select

from gateway.console.parts import Console
from gateway.store.reading_tables import ReviewRow
from gateway.store.tables import MessageRow

NASTY = "<script>alert(1)</script> não abre"


@pytest.fixture
def written() -> Written:
    return Written()


def chosen(text: str, words: str = "") -> list[str]:
    """Return the boxes of the first group whose text has `words`."""
    for card in re.findall(r'<form class="card group".*?</form>', text, re.S):
        if words in card:
            return re.findall(r'name="mensagem" value="([^"]+)"', card)
    raise AssertionError(f"no group with {words!r}")


async def rows(console: Console) -> list[Any]:
    async with console.database.reading() as db:
        row = ReviewRow
        found = await db.execute(select(row.decision, row.situation, row.text, row.by))
        return [tuple(one) for one in found]


async def test_a_group_is_decided_with_one_button(
    trainer: Person, console: Console, written: Written
) -> None:
    for text in ("assinatura some do e-mail", "a assinatura do e-mail some"):
        written.says(written.person(), text, trouble="unsure")
    await written.store(console.database)
    page = (await trainer.get("/revisao")).text
    assert "2 mensagens" in page and "em dúvida" in page and "assinatura" in page
    form = {"mensagem": chosen(page), "decisao": "example", "situacao": "email_rules"}
    answer = await trainer.post("/revisao/decidir?ver=open", form)
    assert answer.status_code == 303 and "feito=decided" in answer.headers["Location"]
    assert sorted((await rows(console))[0][:2]) == ["email_rules", "example"]
    assert len(await rows(console)) == 2
    assert "Nada por aqui" in (await trainer.get("/revisao")).text
    decided = (await trainer.get("/revisao?ver=decided")).text
    assert "Ana: exemplo de…" in decided


async def test_a_corrected_text_becomes_an_example(
    trainer: Person, console: Console, written: Written
) -> None:
    written.says(
        written.person(), "sou a Maria Silva, a assinatura sumiu do mail", trouble="unsure"
    )
    await written.store(console.database)
    page = (await trainer.get("/revisao")).text
    assert "Maria" not in page and "[nome]" in page
    fixed = "a assinatura sumiu do meu mail"
    form = {"mensagem": chosen(page), "decisao": "example", "situacao": "email_rules",
            "texto": fixed}  # fmt: skip
    await trainer.post("/revisao/decidir", form)
    accepted = (await trainer.get("/revisao/aceitas")).text
    assert fixed in accepted
    answer = await trainer.post("/revisao/aceitas/email_rules", {"frase": fixed})
    assert answer.status_code == 303
    assert fixed in console.library.bench().examples("email_rules")[0]
    assert fixed not in (await trainer.get("/revisao/aceitas")).text


async def test_a_second_trainer_is_told_kindly(
    trainer: Person, second: Person, console: Console, written: Written
) -> None:
    written.says(written.person(), "meu ramal fica mudo", trouble="refused")
    await written.store(console.database)
    boxes = chosen((await trainer.get("/revisao")).text)
    first = {"mensagem": boxes, "decisao": "new_situation"}
    assert (await second.post("/revisao/decidir", first)).status_code == 303
    late = await trainer.post("/revisao/decidir", {"mensagem": boxes, "decisao": "out_of_scope"})
    assert late.status_code == 409 and "Bia decidiu antes de você" in late.text
    assert "Situação nova" in late.text
    assert [row[0] for row in await rows(console)] == ["new_situation"]


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"decisao": "later"}, 422, "pelo menos uma|Marque de 1"),
        ({"decisao": "example", "mensagem": "x:0"}, 422, "Escolha a situação"),
        ({"decisao": "nada", "mensagem": "x:0"}, 422, "decisão desconhecida"),
        ({"decisao": "later", "mensagem": "01J00000000000000000000000:0"}, 409, "não existe mais"),
        ({"decisao": "later", "mensagem": "semversao"}, 422, "pelo menos uma"),
        ({"decisao": "example", "mensagem": "x:0", "situacao": "<b>"}, 422, "nome de situação"),
    ],
)
async def test_what_cannot_be_decided_is_said(
    trainer: Person, console: Console, form: dict[str, str], status: int, words: str
) -> None:
    answer = await trainer.post("/revisao/decidir", form)
    assert answer.status_code == status and re.search(words, answer.text)
    assert await rows(console) == [] and "<b>" not in answer.text


async def test_words_of_people_are_escaped(
    trainer: Person, console: Console, written: Written
) -> None:
    message = written.says(written.person(), NASTY, trouble="unsure", answer=NASTY)
    await written.store(console.database)
    for path in ("/revisao", f"/revisao/conversa/{message}", ""):
        text = (await trainer.get(path)).text
        assert "<script>alert" not in text, path
    assert NASTY in unescape((await trainer.get(f"/revisao/conversa/{message}")).text)
    form = {"decisao": "out_of_scope", "mensagem": f"{message}:0"}
    await trainer.post("/revisao/decidir", form)
    assert "<script>alert" not in (await trainer.get("/revisao/aceitas")).text
    assert "<script>alert" not in (await trainer.get("/revisao?ver=decided")).text


async def test_personal_data_are_gone_at_once(
    trainer: Person, console: Console, written: Written
) -> None:
    message = written.says(written.person(), "falem com o zé da padaria", trouble="unsure")
    await written.store(console.database)
    form = {"decisao": "personal_data", "mensagem": f"{message}:0"}
    assert (await trainer.post("/revisao/decidir", form)).status_code == 303
    async with console.database.reading() as db:
        kept = await db.scalar(select(MessageRow.text).where(MessageRow.id == message))
    assert "padaria" not in str(kept)


@contextmanager
def statements(console: Console) -> Iterator[list[str]]:
    found: list[str] = []

    def heard(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        if any(table in statement for table in ("turns", "guide_events", "reviews")):
            found.append(statement)

    engine = console.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", heard)
    yield found
    event.remove(engine, "before_cursor_execute", heard)


async def test_a_thousand_messages_are_bounded_work(trainer: Person, console: Console) -> None:
    """As many questions to the database for a thousand messages as for ten, and a page's worth."""
    counts = []
    for many in (10, 1000):
        written = Written()
        for n in range(many):
            kinds = ("boleto", "ramal", "assinatura", "relatório", "senha", "tela", "chat", "fila")
            text = f"meu {kinds[n % 8]} número {n} não {('abre', 'chega', 'toca')[n % 3]} direito"
            written.says(written.person(), text, trouble="unsure")
        await written.store(console.database)
        with statements(console) as found:
            page = await trainer.get("/revisao?dias=90")
        assert page.status_code == 200
        counts.append((len(found), page.text.count('class="card group"'), len(page.text)))
    (few, _, _), (many_questions, groups, size) = counts
    assert many_questions - few <= 6  # ids are asked for in portions of five hundred
    assert groups <= 15 and size < 1_000_000


async def test_an_erased_conversation_leaves_the_inbox(
    trainer: Person, console: Console, written: Written
) -> None:
    message = written.says(written.person(), "some daqui", trouble="unsure")
    answer = await trainer.get(f"/revisao/conversa/{message}")
    assert answer.status_code == 404 and "não existe mais" in answer.text
