"""Settings and sentences: a wrong one is named at the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings import Settings
from gateway.store.engine import open_engine
from gateway.texts import load_texts

CWD = Path.cwd()


def test_defaults() -> None:
    settings = Settings.from_env({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.rasa_url == "http://127.0.0.1:5005"
    assert settings.actions_url == "http://127.0.0.1:5055"
    assert (settings.pace.turn, settings.pace.keep) == (30, 900)
    assert (settings.pace.note, settings.pace.fallback) == (3, 6.0)
    assert settings.database.startswith("sqlite+aiosqlite:///")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OMNI_PORT", "0"),
        ("OMNI_PORT", "65536"),
        ("OMNI_PORT", "oito"),
        ("OMNI_RASA_URL", "localhost:5005"),
        ("OMNI_ACTIONS_URL", "ftp://x"),
        ("OMNI_TURN_TIMEOUT", "0"),
        ("OMNI_TURN_TIMEOUT", "121"),
        ("OMNI_TURN_TIMEOUT", "nan"),
        ("OMNI_TURN_TIMEOUT", "x"),
        ("OMNI_KEEP_MINUTES", "0"),
        ("OMNI_KEEP_MINUTES", "inf"),
        ("OMNI_SECRET", "curto"),
        ("OMNI_GATEWAY_DB", "sqlite:///x.db"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        Settings.from_env({name: value})


@pytest.mark.parametrize(
    ("name", "value", "log"),
    [
        ("OMNI_GATEWAY_DB", "sqlite+aiosqlite:///var/x.db", f"sqlite+aiosqlite:///{CWD}/var/x.db"),
        ("OMNI_GATEWAY_DB", "sqlite+aiosqlite:///var/erasures.db", ""),
        ("OMNI_CASES_URL", "sqlite:///var/../c.db", "sqlite+aiosqlite:///c.db"),
        ("OMNI_TRACKER_URL", "sqlite:///t.db", "sqlite+aiosqlite:///./t.db"),
        (
            "OMNI_GATEWAY_DB",
            "postgresql+asyncpg://a@db/omni",
            "postgresql+asyncpg://b@DB:5432/omni",
        ),
        ("OMNI_CASES_URL", "postgresql://a@localhost/o", "postgresql+asyncpg://a@127.0.0.1/o"),
    ],
)
def test_the_log_of_erasures_is_in_a_database_of_its_own(name: str, value: str, log: str) -> None:
    env = {name: value} | ({"OMNI_ERASURES_DB": log} if log else {})
    with pytest.raises(ValueError, match=f"OMNI_ERASURES_DB: é o mesmo banco que {name}"):
        Settings.from_env(env)


def test_another_database_of_the_same_server_is_apart() -> None:
    env = {
        "OMNI_GATEWAY_DB": "postgresql+asyncpg://a@db/omni",
        "OMNI_ERASURES_DB": "postgresql+asyncpg://a@db/erasures",
    }
    assert Settings.from_env(env).erasures_url == env["OMNI_ERASURES_DB"]


def test_an_address_that_is_none_is_refused_without_being_quoted() -> None:
    env = {
        "OMNI_GATEWAY_DB": "postgresql+asyncpg://a:segredo@h:porta/x",
        "OMNI_ERASURES_DB": "sqlite+aiosqlite:///var/e.db",
    }
    with pytest.raises(ValueError, match="OMNI_GATEWAY_DB: não é") as raised:
        Settings.from_env(env)
    assert "segredo" not in str(raised.value)


def test_a_slash_at_the_end_of_an_address_is_dropped() -> None:
    assert Settings.from_env({"OMNI_RASA_URL": "http://rasa:5005/"}).rasa_url == "http://rasa:5005"


@pytest.mark.parametrize("content", ["note: oi\n", "- oi\n", "note: ''\n"])
def test_incomplete_sentences_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "texts.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"texts\.yml"):
        load_texts(path)


@pytest.mark.asyncio
async def test_sqlite_gets_wal_a_busy_timeout_and_its_folder(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'var' / 'x.db'}")
    async with engine.connect() as db:
        found = [
            (await db.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "busy_timeout", "foreign_keys")
        ]
    await engine.dispose()
    assert found == ["wal", 2000, 1]
