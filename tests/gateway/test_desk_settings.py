"""The desk's settings and sentences: a wrong one is named at the start, in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.handoff.settings import DeskSettings
from gateway.handoff.texts import TEXTS_FILE, load_desk_texts
from gateway.settings import Settings


def test_defaults() -> None:
    desk = Settings.from_env({}).desk
    assert (desk.assume_minutes, desk.answer_minutes) == (15, 15)
    assert desk.hours.week == {}
    sinks = Settings.from_env({}).sinks
    assert (sinks.slack, sinks.teams, sinks.mail, sinks.webhook) == (None, None, None, None)


def test_what_is_written_is_taken() -> None:
    env = {
        "OMNI_DESK_HOURS": "seg-sex 08:00-18:00",
        "OMNI_DESK_ASSUME_MINUTES": "30",
        "OMNI_DESK_ANSWER_MINUTES": "5",
        "OMNI_DESK_DAYS_OFF": "2026-12-24, 2026-12-31",
    }
    desk = DeskSettings.from_env(env)
    assert (desk.assume_minutes, desk.answer_minutes) == (30, 5)
    assert sorted(desk.hours.week) == [0, 1, 2, 3, 4]
    assert len(desk.hours.free) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OMNI_DESK_ASSUME_MINUTES", "0"),
        ("OMNI_DESK_ASSUME_MINUTES", "meia hora"),
        ("OMNI_DESK_ANSWER_MINUTES", "-5"),
        ("OMNI_DESK_ANSWER_MINUTES", "9" * 5000),
        ("OMNI_DESK_HOURS", "das 8 às 18"),
        ("OMNI_DESK_TIMEZONE", "Brasil"),
        ("OMNI_DESK_HOLIDAYS", "XX"),
        ("OMNI_DESK_DAYS_OFF", "natal"),
        ("OMNI_DESK_TEXTS", "/nenhum/arquivo.yml"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name) as fault:
        Settings.from_env({name: value})
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("before", "after"),
    [("{wait}", "{espera}"), ("{name}, da", "{nome}, da"), ("{when}", "{when"), ("assumed:", "x:")],
)
def test_sentences_of_ones_own_are_checked_at_the_start(
    tmp_path: Path, before: str, after: str
) -> None:
    path = tmp_path / "frases.yml"
    path.write_text(TEXTS_FILE.read_text(encoding="utf-8").replace(before, after, 1), "utf-8")
    with pytest.raises(ValueError, match="OMNI_DESK_TEXTS"):
        DeskSettings.from_env({"OMNI_DESK_TEXTS": str(path)})


def test_sentences_of_ones_own_are_used(tmp_path: Path) -> None:
    path = tmp_path / "frases.yml"
    text = TEXTS_FILE.read_text(encoding="utf-8")
    path.write_text(text.replace("Assuma o caso antes.", "Assuma primeiro."), encoding="utf-8")
    found = DeskSettings.from_env({"OMNI_DESK_TEXTS": str(path)})
    assert load_desk_texts(found.texts_file).assume_first == "Assuma primeiro."


def test_what_takes_seconds_to_import_is_not_imported_at_the_start() -> None:
    """The process loads it in a thread, once it serves."""
    code = "import gateway.app, sys; print([m for m in ('sklearn', 'scipy') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert ran.stdout.strip() == "[]", ran.stderr
