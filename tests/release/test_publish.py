"""`make release` goes all the way or publishes nothing; the trainer's commands are played here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from release import publish as module
from release.__main__ import main
from release.publish import Release, Stopped
from release.replay import Answer, Differences, ReplayFailed
from release.replay import Change as Changed
from tests.release.conftest import REPORT, Workshop, model


@pytest.fixture
def ready(workshop: Workshop) -> Workshop:
    """A folder whose evaluation is done."""
    workshop.write("results/evaluation.json", json.dumps(REPORT))
    return workshop


def release(workshop: Workshop, codes: dict[str, int] | None = None, **more: Any) -> Release:
    def run(module: list[str]) -> int:
        return (codes or {}).get(module[0], 0)

    return Release(workshop.settings, run=run, **{"yes": True, **more})


def published(workshop: Workshop) -> list[str]:
    return workshop.shelf.versions()


def test_all_the_way(ready: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    version = release(ready).publish()
    assert ready.shelf.read().active == version
    assert ready.shelf.open(version).manifest.figures == {"situation_first": 0.91}
    said = capsys.readouterr().out
    assert all(f"{step}/5" in said for step in range(1, 6)) and version in said


@pytest.mark.parametrize("step", ["trainer.check", "trainer.evaluate"])
def test_a_fault_or_a_drop_stops_it(ready: Workshop, step: str) -> None:
    with pytest.raises(Stopped, match="Nada foi publicado"):
        release(ready, {step: 1}).publish()
    assert published(ready) == [] and ready.shelf.read().active is None


ROW = {"key": "intent/slowness", "n": 16, "values": "10" * 8, "missed": []}
WEAK = {**REPORT, "table": [{"intent": "slowness", "kind": "situation"}], "intents": [ROW]}


def test_a_weak_situation_is_published_only_knowingly(
    ready: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ready.write("results/evaluation.json", json.dumps(WEAK))
    monkeypatch.setattr(Release, "_titles", lambda _: {"slowness": "Sistema lento"})
    with pytest.raises(Stopped, match="WEAK=1"):
        release(ready).publish()
    assert published(ready) == []
    assert "“Sistema lento” ainda é pouco entendida: 8 de 16" in capsys.readouterr().out
    monkeypatch.setattr("builtins.input", lambda _: "s")
    release(ready, yes=False).publish()
    assert "8 de 16" in capsys.readouterr().out  # told before it is asked
    release(ready, weak=True, replays=False).publish()
    assert len(published(ready)) == 2


def test_the_options_of_the_evaluation_are_a_setting(ready: Workshop) -> None:
    seen: list[list[str]] = []

    def run(module: list[str]) -> int:
        seen.append(module)
        return 0

    Release(ready.settings, yes=True, run=run).publish()
    Release(replace(ready.settings, evaluate=()), yes=True, replays=False, run=run).publish()
    evaluations = [one for one in seen if one[0] == "trainer.evaluate"]
    assert evaluations == [["trainer.evaluate", "--quick"], ["trainer.evaluate"]]


@pytest.mark.parametrize(("said", "goes"), [("s", True), ("Sim", True), ("", False), ("n", False)])
def test_only_a_yes_publishes(
    ready: Workshop, monkeypatch: pytest.MonkeyPatch, said: str, goes: bool
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: said)
    if goes:
        release(ready, yes=False).publish()
    else:
        with pytest.raises(Stopped):
            release(ready, yes=False).publish()
    assert bool(published(ready)) is goes


def test_where_nobody_can_answer_nothing_is_published(
    ready: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(Stopped):
        release(ready, yes=False).publish()
    assert published(ready) == []


def test_what_was_checked_is_what_is_published(ready: Workshop) -> None:
    def run(module: list[str]) -> int:
        if module[0] == "trainer.evaluate":
            ready.write("knowledge/situations/slowness.yml", "id: other")
        return 0

    with pytest.raises(Stopped, match="mudaram"):
        Release(ready.settings, yes=True, run=run).publish()
    assert published(ready) == []


def test_a_version_that_was_built_meanwhile_is_left_alone(
    ready: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs: list[Path] = []

    def confirm(_: Release, version: str) -> None:
        theirs.append(ready.shelf.file(version))
        theirs[0].parent.mkdir(parents=True)
        theirs[0].write_bytes(b"theirs")

    monkeypatch.setattr(Release, "_confirm", confirm)
    with pytest.raises(Stopped, match="enquanto"):
        release(ready).publish()
    assert theirs[0].read_bytes() == b"theirs" and list(theirs[0].parent.iterdir()) == theirs


def test_real_questions_are_replayed_against_the_active_version(
    ready: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = release(ready).publish()
    ready.write("models/omni.tar.gz", model("m2"))
    folders: list[Path] = []

    async def questions(url: str, days: int) -> list[str]:
        assert days == 7
        return ["meu nome é zilda, não abre"]

    async def played(running: Path, candidate: Path, texts: list[str]) -> Differences:
        folders.extend([running, candidate])
        change = Changed(texts[0], Answer("opened", ("slowness",)), Answer("refused", ()))
        return Differences(1, {"refused": [change]})

    monkeypatch.setattr(module, "last_questions", questions)
    monkeypatch.setattr(module, "replay", played)
    monkeypatch.setattr(module, "load_knowledge", lambda _: type("K", (), {"situations": {}}))
    release(ready).publish()
    assert folders == [ready.shelf.folder(first), ready.settings.root]
    said = capsys.readouterr().out
    assert "agora recusadas: 1" in said
    assert "zilda" not in said and "não abre" not in said  # nobody looks: it is no terminal


def test_a_store_that_cannot_be_read_stops_it_without_a_word_of_it(
    ready: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    release(ready).publish()
    (tmp_path / "gateway.db").write_bytes(b"")  # no tables
    url = f"sqlite+aiosqlite:///{tmp_path / 'gateway.db'}"
    monkeypatch.setenv("OMNI_GATEWAY_DB", url)
    with pytest.raises(Stopped, match="OperationalError"):
        release(ready).publish()


def test_a_replay_that_fails_stops_it_and_says_how_to_go_without(
    ready: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = release(ready).publish()

    async def questions(url: str, days: int) -> list[str]:
        return ["x"]

    async def broken(*_: Any) -> Differences:
        raise ReplayFailed("código 1")

    monkeypatch.setattr(module, "last_questions", questions)
    monkeypatch.setattr(module, "replay", broken)
    with pytest.raises(Stopped, match="REPLAY=0"):
        release(ready).publish()
    assert published(ready) == [first]
    release(ready, replays=False).publish()
    assert len(published(ready)) == 2


@pytest.fixture
def command(
    ready: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run a command as the Makefile does; return its code and what it said."""
    settings = ready.settings
    names = {
        "OMNI_BUNDLES": settings.bundles,
        "OMNI_RUN": settings.run,
        "OMNI_RELEASE_KEY": settings.key,
        "OMNI_RELEASE_TRUSTED": settings.trusted[0],
    }
    for name, value in names.items():
        monkeypatch.setenv(name, str(value))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["release", *arguments])
        code = main()
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_table_says_what_is_live(ready: Workshop, command: Callable[..., Any]) -> None:
    assert "Nenhum pacote" in command("list")[1]
    first, second = release(ready).publish(), release(ready, replays=False).publish()
    ready.shelf.file("2026-01-01.1").write_bytes(b"x")
    code, said, _ = command("list")
    head, *rows = said.strip().splitlines()[-4:]
    assert code == 0 and head.startswith("versão")
    assert rows[0].split()[0] == second and " sim " in rows[0] and "91,0 %" in rows[0]
    assert rows[1].split()[0] == first and " antes " in rows[1]
    assert "recusado" in rows[2]


def test_taken_back_and_put_live_again_by_command(
    ready: Workshop, command: Callable[..., Any]
) -> None:
    first, second = release(ready).publish(), release(ready, replays=False).publish()
    code, said, _ = command("rollback")
    assert (code, ready.shelf.read().active) == (0, first) and second in said
    code, _, error = command("rollback")
    assert code == 1 and len(error.strip().splitlines()) == 1 and first in error
    assert command("activate", second)[0] == 0
    assert ready.shelf.read().active == second


def test_a_file_from_elsewhere_by_command(
    ready: Workshop, command: Callable[..., Any], tmp_path: Path
) -> None:
    elsewhere = ready.bundle("2026-11-29.7").rename(tmp_path / "novo.zip")
    assert command("activate", str(elsewhere))[0] == 0
    assert ready.shelf.read().active == "2026-11-29.7"
    elsewhere.write_bytes(elsewhere.read_bytes()[:-1])
    code, _, error = command("activate", str(elsewhere))
    assert code == 1 and "recusado" in error and len(error.strip().splitlines()) == 1
    code, _, error = command("activate", str(tmp_path / "none.zip"))
    assert code == 1 and len(error.strip().splitlines()) == 1
