"""What was changed lately is kept, to be shown and taken back; phrases that measure stand apart."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from pathlib import Path

import pytest

from assistant.settings import ROOT
from trainer.situation import create
from trainer.workbench import Conflict, Missing, Refused, Workbench, kept


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    for name in ("knowledge", "data", "tests/nlu"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "domain.yml", tmp_path / "domain.yml")
    return Workbench(tmp_path, "Ana")


def test_a_change_is_kept_and_taken_back_by_its_id(bench: Workbench) -> None:
    before = (bench.root / "data/situations/slowness.yml").read_bytes()
    first = bench.add_examples("slowness", ["minha frase bem nova"])
    second = bench.add_examples("slowness", ["outra frase bem nova"])
    assert kept.ids(bench.root) == [second.id, first.id] and first.id < second.id
    with pytest.raises(Conflict):
        bench.undo(kept.read(bench.root, first.id))
    for one in (second, first):
        again = kept.read(bench.root, one.id)
        assert again == one and "frase bem nova" in again.diff()
        bench.undo(again)
    assert (bench.root / "data/situations/slowness.yml").read_bytes() == before
    assert len(kept.ids(bench.root)) == 4  # taking back is a change too


@pytest.mark.parametrize("id", ["", "nada", "../audit", "0" * 20])
def test_what_is_not_kept_is_missing(bench: Workbench, id: str) -> None:
    with pytest.raises(Missing, match="não está mais guardada"):
        kept.read(bench.root, id)


def test_only_the_newest_are_kept_and_none_for_long(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    for n in range(5):
        bench.set_label("resolved", f"Começar de novo, {n}")
    found = kept.ids(bench.root)
    assert len(found) == 3
    old = bench.root / f"var/changes/{found[-1]}.json.gz"
    past = time.time() - (kept.DAYS + 1) * 24 * 3600
    os.utime(old, (past, past))
    bench.set_label("resolved", "Começar de novo, sim")
    assert not old.exists() and len(kept.ids(bench.root)) == 3


@pytest.mark.parametrize("spoilt", [b"", b"nada", gzip.compress(b"{")[:-9], gzip.compress(b"{")])
def test_what_cannot_be_read_is_missing_and_hides_nothing_else(
    bench: Workbench, spoilt: bytes
) -> None:
    first = bench.set_label("resolved", "Começar de novo, sim")
    second = bench.set_label("resolved", "Começar de novo, já")
    (bench.root / f"var/changes/{second.id}.json.gz").write_bytes(spoilt)
    with pytest.raises(Missing, match="não está mais guardada"):
        kept.read(bench.root, second.id)
    assert list(kept.readable(bench.root)) == [first]


@pytest.mark.parametrize("fails", ["kept.keep", "append"])
def test_what_cannot_be_noted_is_not_written(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    bench.set_label("resolved", "Começar de novo, sim")
    files = {p: p.read_bytes() for p in bench.root.rglob("*") if p.is_file()}

    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(f"trainer.workbench.bench.{fails}", full)
    with pytest.raises(OSError, match="no space"):
        create(bench, "ramal_mudo")
    assert files == {p: p.read_bytes() for p in bench.root.rglob("*") if p.is_file()}


def test_half_a_line_does_not_stay_in_the_audit_log(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.set_label("resolved", "Começar de novo, sim")
    log = bench.root / "var/audit.jsonl"
    before, sync = log.read_bytes(), os.fsync

    def full(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink() == log:
            raise OSError(28, "no space")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        bench.set_label("resolved", "Começar de novo, já")
    assert log.read_bytes() == before


def test_nothing_changed_keeps_nothing(bench: Workbench) -> None:
    text = bench.labels()[0]["resolved"]
    assert bench.set_label("resolved", text).id == "" and kept.ids(bench.root) == []


@pytest.mark.parametrize("kind", ["heldout", "tuning"])
def test_phrases_apart_of_a_new_situation_and_of_an_old_one(bench: Workbench, kind: str) -> None:
    create(bench, "ramal_mudo")
    assert bench.apart(kind, "ramal_mudo")[0] == []  # type: ignore[arg-type]
    for situation in ("ramal_mudo", "slowness"):
        found, etag = bench.apart(kind, situation)  # type: ignore[arg-type]
        new = f"uma frase de {situation} sem igual"
        applied = bench.add_apart(kind, situation, [new], etag)  # type: ignore[arg-type]
        assert bench.apart(kind, situation)[0] == [*found, new]  # type: ignore[arg-type]
        with pytest.raises(Conflict):
            bench.add_apart(kind, situation, ["mais uma frase sem igual"], etag)  # type: ignore[arg-type]
        with pytest.raises(Refused, match="frase de (medição|ajuste)"):
            bench.add_examples("slowness", [new])
        assert all(new not in str(one.logged()) for one in applied.changes)
        bench.remove_apart(kind, situation, new)  # type: ignore[arg-type]
        assert bench.apart(kind, situation)[0] == found  # type: ignore[arg-type]
    with pytest.raises(Missing):
        bench.remove_apart(kind, "slowness", "não está")  # type: ignore[arg-type]
    with pytest.raises(Missing):
        bench.apart(kind, "nada")  # type: ignore[arg-type]
