"""Figures read from a store, and the commands that write them."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from history import Written

from assistant.settings import ROOT
from gateway.review import examples, figures
from gateway.review.deciding import Deciding
from gateway.review.figures import days, figures_of
from gateway.review.settings import ReviewSettings
from gateway.store.engine import Database
from gateway.store.migrate import migrate
from gateway.store.tables import now

ZONE = ZoneInfo("America/Sao_Paulo")
STARTED = ("started", "slowness")
LOST = ("outcome", "slowness", "rede", "menu_not_found")


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite+aiosqlite:///{tmp_path / 'gateway.db'}"
    monkeypatch.setenv("OMNI_GATEWAY_DB", address)
    return address


async def store(url: str, written: Written) -> None:
    database = Database(url)
    await migrate(database)
    await written.store(database)
    await database.close()


def a_week() -> Written:
    """Three people who cannot find a menu, and one whose problem is solved, ten days ago."""
    written = Written(at=now() - timedelta(days=10))
    for _ in range(3):
        person = written.person()
        written.says(person, "tela branca", STARTED, ("shown", "slowness", "rede"))
        written.says(person, "cadê?", LOST, understanding="neither", trouble="unsure")
    helped = written.person()
    written.says(helped, "lento", STARTED, ("shown", "slowness", "rede"), understanding="torn",
                 trouble="unsure")  # fmt: skip
    written.says(helped, "2", ("solved", "slowness", "rede", "check"), understanding="chosen")
    written.says(written.person(), "um boleto", trouble="refused")
    return written


async def test_figures_come_from_the_store(url: str) -> None:
    await store(url, a_week())
    database = Database(url)
    found = await figures_of(database, now() - timedelta(days=20), now())
    nothing = await figures_of(database, now() - timedelta(days=5), now())
    await database.close()
    (slowness,) = found.situations
    assert (slowness.started, slowness.left, slowness.confirmed) == (4, 3, 1)
    assert [(c.check, c.shown, c.menu_people) for c in slowness.checks] == [("rede", 4, 3)]
    assert [alarm.people for alarm in found.alarms] == [3]
    assert found.messages == {"sure": 3, "neither": 3, "torn": 1, "refused": 1}
    assert (nothing.situations, nothing.alarms, nothing.messages) == ((), (), {})


async def test_a_walk_that_goes_on_after_the_last_day_is_counted_whole(url: str) -> None:
    written = Written(at=now() - timedelta(days=10))
    person = written.person()
    written.says(person, "lento", STARTED, ("shown", "slowness", "rede"))
    until = written.at + timedelta(minutes=30)
    written.at += timedelta(hours=5)
    written.says(person, "foi", ("solved", "slowness", "rede", "check"))
    await store(url, written)
    database = Database(url)
    found = await figures_of(database, until - timedelta(days=1), until)
    await database.close()
    assert [one.confirmed for one in found.situations] == [1]


def test_a_day_begins_and_ends_where_the_team_is() -> None:
    since, until = days(date(2026, 11, 1), date(2026, 11, 1), ZONE)
    assert (since, until - since) == (datetime(2026, 11, 1, tzinfo=ZONE), timedelta(days=1))
    assert since.utcoffset() == timedelta(hours=-3)


def test_the_command_prints_a_table_and_writes_files(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(store(url, a_week()))
    out = tmp_path / "out"
    assert figures.main(["--from", "", "--to", "", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "3 pessoas não encontraram o menu" in said and "verificação" in said
    assert {file.name for file in out.iterdir()} == {
        "situations.csv", "checks.csv", "articles.csv", "alarms.csv", "figures.json"
    }  # fmt: skip
    assert json.loads((out / "figures.json").read_text())["situations"][0]["started"] == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "1/11"], "FROM='1/11' não é uma data"),
        (["--from", "2026-11-02", "--to", "2026-11-01"], "troque as datas"),
        ([], "o gateway ainda não rodou aqui"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    url: str, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert figures.main(arguments) == 1
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_a_store_without_tables_is_said_so(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sqlite3.connect(tmp_path / "gateway.db").execute("CREATE TABLE x (id)").close()
    assert figures.main([]) == examples.main(tmp_path / "x.yml") == 1
    assert "OperationalError" in capsys.readouterr().err


def test_accepted_phrases_are_written_whole_each_time(url: str, tmp_path: Path) -> None:
    written = a_week()
    asyncio.run(store(url, written))
    alike = [row["id"] for row in written.messages if row["text"] == "tela branca"]
    first, second = alike[:2]
    file = tmp_path / "review" / "examples.yml"

    async def decide(seen: dict[str, int], decision: str, **more: str) -> None:
        database = Database(url)
        await Deciding(database).decide(seen, decision, "bia", **more)  # type: ignore[arg-type]
        await database.close()

    asyncio.run(decide({first: 0, second: 0}, "example", situation="slowness"))
    assert examples.main(file) == 0
    found = yaml.safe_load(file.read_text())
    assert [row["text"] for row in found["slowness"]] == ["tela branca", "tela branca"]
    assert found["slowness"][0]["by"] == "bia"
    asyncio.run(decide({first: 1}, "personal_data"))
    assert examples.main(file) == 0
    assert [r["message"] for r in yaml.safe_load(file.read_text())["slowness"]] == [second]
    assert [one.name for one in file.parent.iterdir()] == ["examples.yml"]


def test_make_figures_runs_as_a_person_types_it(url: str) -> None:
    asyncio.run(store(url, a_week()))
    command = [sys.executable, "-m", "gateway.review.figures", "--short"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith("Uso do assistente de ")


# Settings


def test_the_settings_and_their_faults() -> None:
    env = {"OMNI_RETURN_HOURS": "24", "OMNI_DRIFT_PEOPLE": "5", "OMNI_DRIFT_DAYS": "2"}
    rules = ReviewSettings.from_env(env).rules()
    assert (rules.silence, rules.people) == (timedelta(hours=24), 5)
    assert rules.window == timedelta(days=2)
    assert ReviewSettings.from_env({}).rules() == ReviewSettings().rules()
    for name in env:
        for value in ("0", "-1", "x", "99999999"):
            with pytest.raises(ValueError, match=name):
                ReviewSettings.from_env({name: value})
