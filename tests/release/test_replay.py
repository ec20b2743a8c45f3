"""What the trainer is told about real questions: what differs, in groups, and nobody's data."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from assistant.settings import ROOT
from gateway.store import Store
from gateway.store.tables import ConversationRow, MessageRow, VisitorRow
from release.questions import last_questions
from release.replay import Answer, changed_checks, compare, group_of, report

OPENED, OTHER = Answer("opened", ("slowness",)), Answer("opened", ("licenses",))
ASKED, ASKED_TOO = Answer("asked", ("licenses", "slowness")), Answer("asked", ("licenses",))
ARTICLES, REFUSED = Answer("articles", ()), Answer("refused", ())
YES, NO = Answer("reply", ("affirm",)), Answer("reply", ("deny",))
TITLES = {"slowness": "Lentidão", "licenses": "Licenças"}


@pytest.mark.parametrize(
    ("old", "new", "group"),
    [
        (OPENED, OPENED, None),
        (REFUSED, OPENED, "better"),
        (ASKED, OPENED, "better"),
        (ARTICLES, ASKED, "better"),
        (REFUSED, ARTICLES, "better"),
        (OPENED, REFUSED, "refused"),
        (ASKED, REFUSED, "refused"),
        (ARTICLES, REFUSED, "refused"),
        (OPENED, ARTICLES, "refused"),
        (OPENED, OTHER, "situation"),
        (ASKED, ASKED_TOO, "situation"),
        (OPENED, ASKED, "asked"),
        (YES, NO, "reply"),
        (YES, OPENED, "reply"),
        (OPENED, YES, "reply"),
        (YES, YES, None),
    ],
)
def test_each_change_has_its_group(old: Answer, new: Answer, group: str | None) -> None:
    assert group_of(old, new, {}) == group


def test_the_same_guide_with_other_checks_is_a_change() -> None:
    assert group_of(OPENED, OPENED, {"slowness": ["x"]}) == "checks"
    assert group_of(OTHER, OTHER, {"slowness": ["x"]}) is None


def test_the_report_counts_and_shows_examples_masked() -> None:
    texts = [
        "está lento, sou Ana Maria Lima, ana@x.com",
        "as licenças acabaram, cpf 123.456.789-09",
        "a",
        "b",
    ]
    before, after = [REFUSED, OPENED, OPENED, OPENED], [OPENED, REFUSED, OPENED, OTHER]
    found = compare(texts, before, after, {"slowness": ["nova “Rede”"]})
    assert found.same == 0
    lines = list(report(found, TITLES, examples=True))
    said = "\n".join(lines)
    for name in ("melhor compreendidas: 1", "agora recusadas: 1", "mudaram de situação: 1",
                 "mudaram de verificações: 1"):  # fmt: skip
        assert name in lines
    assert "Lentidão: nova “Rede”" in said and "não atendida → Lentidão" in said
    for private in ("ana@x.com", "Ana Maria", "123.456"):
        assert private not in said
    plain = "\n".join(report(found, TITLES, examples=False))
    assert "está lento" not in plain and "agora recusadas: 1" in plain


async def test_only_what_was_typed_lately_is_replayed(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'gateway.db'}"
    store = Store(url)
    await store.start()
    now, old = datetime.now(UTC), datetime.now(UTC) - timedelta(days=8)
    rows = [
        ("user", "antiga", old, None),
        ("user", "pergunta", now - timedelta(hours=2), None),
        ("user", "um botão", now, "c1"),
        ("assistant", "resposta", now, None),
        ("user", " pergunta ", now - timedelta(hours=1), None),
        ("user", "mais nova", now, None),
        ("user", "  ", now, None),
    ]
    async with store.database.writing() as db:
        await db.execute(insert(VisitorRow), {"id": "v"})
        await db.execute(insert(ConversationRow), {"id": "c", "visitor_id": "v"})
        for n, (sender, text, at, choice) in enumerate(rows, 1):
            row = {"id": f"m{n}", "conversation_id": "c", "seq": n, "sender": sender, "text": text}
            await db.execute(insert(MessageRow), row | {"created_at": at, "choice_id": choice})
    await store.stop()
    assert await last_questions(url, 7) == ["mais nova", "pergunta"]
    assert await last_questions(url, 30) == ["mais nova", "pergunta", "antiga"]
    assert await last_questions(url, 7, most=2) == ["mais nova"]


async def test_without_a_store_there_are_no_questions(tmp_path: Path) -> None:
    assert await last_questions(f"sqlite+aiosqlite:///{tmp_path / 'none.db'}", 7) == []
    assert list(tmp_path.iterdir()) == []


def test_changed_checks_are_named(tmp_path: Path) -> None:
    for name in ("old", "new"):
        shutil.copytree(ROOT / "knowledge", tmp_path / name)
    assert changed_checks(tmp_path / "old", tmp_path / "new") == {}
    path = tmp_path / "new/situations/email_rules.yml"
    text = path.read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if "title:" in line and line.startswith("  "))
    path.write_text(text.replace(title, f"{title} de agora"), encoding="utf-8")
    found = changed_checks(tmp_path / "old", tmp_path / "new")
    assert list(found) == ["email_rules"]
    assert found["email_rules"][0].startswith("mudou")
