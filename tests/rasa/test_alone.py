"""With locks in memory one Rasa starts for each SQLite file, and none on PostgreSQL unasked."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from unittest.mock import create_autospec

import pytest
from rasa.core.lock_store import InMemoryLockStore, LockStore
from rasa.shared.exceptions import RasaException
from sqlalchemy.engine import make_url

from rasa_components.stores.alone import PAIRED, SINGLE, LocksMissing, TrackerInUse, hold_alone


@pytest.fixture
def other(tmp_path: Path) -> None:
    """Another process has the lock (the kernel asks for the handle, not for the process)."""
    handle = os.open(tmp_path / "t.db.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)


@pytest.mark.usefixtures("other")
def test_a_second_is_refused_by_one_line(tmp_path: Path) -> None:
    with pytest.raises(TrackerInUse, match=r"outro Rasa já usa este banco \(.*t\.db\.lock\)"):
        hold_alone(make_url(f"sqlite:///{tmp_path / 't.db'}"), InMemoryLockStore())


@pytest.mark.usefixtures("other")
def test_with_locks_that_reach_all_it_may_come(tmp_path: Path) -> None:
    hold_alone(make_url(f"sqlite:///{tmp_path / 't.db'}"), create_autospec(LockStore))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_what_no_other_process_sees_needs_no_lock(url: str) -> None:
    hold_alone(make_url(url), InMemoryLockStore())


@pytest.mark.parametrize("given", [None, "0"])
@pytest.mark.parametrize("paired", ["0", "1"])
def test_a_database_for_several_needs_locks_for_several(
    given: str | None, paired: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PAIRED, paired)
    monkeypatch.delenv(SINGLE, raising=False)
    if given:
        monkeypatch.setenv(SINGLE, given)
    with pytest.raises(LocksMissing, match="OMNI_LOCK_URL: falta.*OMNI_SINGLE_RASA=1"):
        hold_alone(make_url("postgresql://omni:segredo@h/d"), InMemoryLockStore())
    hold_alone(make_url("postgresql://h/d"), create_autospec(LockStore))


def test_who_says_that_only_one_serves_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SINGLE, "1")
    hold_alone(make_url("postgresql://h/d"), InMemoryLockStore())
    monkeypatch.setenv(SINGLE, "yes")
    with pytest.raises(RasaException, match="OMNI_SINGLE_RASA: 'yes'"):
        hold_alone(make_url("postgresql://h/d"), InMemoryLockStore())


def test_a_model_that_is_loaded_anew_finds_its_own(tmp_path: Path) -> None:
    for _ in range(2):
        hold_alone(make_url(f"sqlite:///{tmp_path / 't.db'}"), InMemoryLockStore())


def test_those_of_one_supervisor_share_it_and_no_other_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = os.open(tmp_path / "t.db.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_SH)
    url = make_url(f"sqlite:///{tmp_path / 't.db'}")
    with pytest.raises(TrackerInUse):
        hold_alone(url, InMemoryLockStore())
    monkeypatch.setenv(PAIRED, "1")
    hold_alone(url, InMemoryLockStore())
