"""`python -m gateway.handoff`: open cases, one of them in full, and its end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from desk_support import ANA, CASE, SHEET, begin, change, hand_over, kinds, tell, write

from assistant.cases import CaseStore, erase_cases
from gateway.channels.texts import load_channel_texts
from gateway.handoff.__main__ import Reader, main
from gateway.handoff.cases import Cases
from gateway.handoff.listing import load_listing_texts
from gateway.settings import Settings
from gateway.store import Store

TEXTS, CHANNEL = load_listing_texts(), load_channel_texts()


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the command is that of the store."""
    for name in [one for one in os.environ if one.startswith("OMNI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OMNI_GATEWAY_DB", f"sqlite+aiosqlite:///{tmp_path / 'gateway.db'}")
    monkeypatch.setenv("OMNI_CASES_URL", f"sqlite:///{tmp_path / 'cases.db'}")


async def run(*arguments: str) -> int:
    return await Reader(Settings.from_env()).run(arguments)


@pytest.fixture
async def conversation(one_store: Store, known_cases: Cases, env: None) -> str:
    found = await begin(one_store)
    await write(one_store, found, "está lento")
    await tell(one_store, found, "Vamos ver: **qual tela**?")
    await hand_over(one_store, found)
    return found


async def test_none(
    one_store: Store, known_cases: Cases, env: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run() == 0
    assert capsys.readouterr().out.strip() == TEXTS.none


async def test_open_cases_with_who_has_them(
    conversation: str, one_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run() == 0
    line = capsys.readouterr().out.strip()
    assert line.startswith(f"Caso nº {CASE} · ")
    assert CHANNEL.case_waiting in line
    await change(one_store, kind="assumed", state="person", who=ANA)
    await run()
    assert CHANNEL.case_person.format(name="Ana") in capsys.readouterr().out
    await change(one_store, kind="closed", state="closed", who=ANA)
    await run()
    assert capsys.readouterr().out.strip() == TEXTS.none


async def test_one_case_with_sheet_transcript_and_history(
    conversation: str, one_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    await change(one_store, kind="raised", state="waiting")
    await change(one_store, kind="closed", state="closed", who=ANA, reason="era a rede")
    assert await run(str(CASE)) == 0
    text = capsys.readouterr().out
    said = (f"{CHANNEL.user}: está lento", f"{CHANNEL.assistant}: Vamos ver: qual tela?")
    history = (f"  {TEXTS.opened}", TEXTS.raised_again, f"{TEXTS.closed} · Ana · era a rede")
    places = [text.index(part) for part in (*SHEET, *said, *history)]
    assert places == sorted(places)
    assert CHANNEL.case_closed_by.format(name="Ana") in text


async def test_a_case_is_ended_and_the_assistant_asks_about_it(
    conversation: str, one_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(str(CASE), "encerrar", "resolvido por telefone") == 0
    assert await kinds(one_store) == ["opened", "closed"]
    page = await one_store.history.page(conversation, 0)
    assert page
    assert (page.messages[-1].sender, page.messages[-1].state) == ("system", "pending")
    assert page.held.by == "closed"
    assert await run(str(CASE), "encerrar", "de novo") == 1
    assert await run("99", "encerrar", "x") == 1


async def test_a_case_of_before_there_was_a_desk(
    conversation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("3") == 0
    assert capsys.readouterr().out.splitlines() == SHEET
    assert await run("99") == 1
    assert "99" in capsys.readouterr().err


async def test_an_erased_case_says_so(
    conversation: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = CaseStore(f"sqlite:///{tmp_path / 'cases.db'}")
    with kept._engine.begin() as db:
        erase_cases(db, "C")
    assert await run("3") == 0
    assert capsys.readouterr().out.strip() == TEXTS.erased


async def test_a_store_that_is_not_there_is_one_line(
    env: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run() == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["x"], ["1", "x"], ["1", "encerrar"], ["-1"], ["²"], ["1" * 30]]
)
def test_anything_else_shows_how(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.strip() == TEXTS.usage.strip()
