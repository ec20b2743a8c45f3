"""Which version is active, and which may become it."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from release.manifest import next_version, order
from release.wording import Refused
from tests.release.conftest import Workshop, model

V1, V2, V3 = "2026-11-29.1", "2026-11-29.2", "2026-11-30.1"
TEN = "2026-11-29.10"
Refusal = Callable[[Callable[[], Any]], str]


def test_versions_are_ordered_by_day_and_number() -> None:
    assert sorted([TEN, V3, V2, V1], key=order) == [V1, V2, TEN, V3]


@pytest.mark.parametrize(
    ("taken", "day", "expected"),
    [
        ([], date(2026, 11, 29), V1),
        ([V1], date(2026, 11, 29), V2),
        ([V1, TEN], date(2026, 11, 29), "2026-11-29.11"),
        ([V1, V2], date(2026, 11, 30), V3),
        ([V3], date(2026, 11, 29), "2026-11-30.2"),  # a clock that went back
    ],
)
def test_the_next_version_is_newer_than_all(taken: list[str], day: date, expected: str) -> None:
    assert next_version(taken, day) == expected


def test_nothing_is_active_at_first(workshop: Workshop, refusal: Refusal) -> None:
    assert workshop.shelf.read().active is None
    assert "Nenhuma versão" in refusal(workshop.shelf.rollback)


def test_activated_is_unpacked_and_remembered(workshop: Workshop) -> None:
    workshop.publish(V1)
    folder = workshop.shelf.folder(V1)
    assert (folder / "knowledge/situations/slowness.yml").read_text() == "id: slowness"
    assert workshop.shelf.read().active == V1


def test_a_container_gets_a_version_in_a_folder_of_its_own(
    workshop: Workshop, tmp_path: Path, refusal: Refusal
) -> None:
    workshop.bundle(V1)
    folder = tmp_path / "bundle"
    workshop.shelf.unpack_to(folder, workshop.shelf.open(V1))
    assert (folder / "knowledge/situations/slowness.yml").read_text() == "id: slowness"
    file = workshop.shelf.file(V1)
    file.write_bytes(file.read_bytes().replace(b"PK", b"pk", 1))
    assert "assinatura" in refusal(lambda: workshop.shelf.open(V1))


def test_an_older_one_is_refused_unless_it_was_active(workshop: Workshop, refusal: Refusal) -> None:
    workshop.bundle(V1)
    workshop.publish(V2)
    assert "mais antiga" in refusal(lambda: workshop.shelf.activate(V1))
    assert workshop.shelf.read().active == V2
    workshop.publish(V3)
    workshop.shelf.activate(V2)
    assert workshop.shelf.read().active == V2


def test_rollback_goes_back_one_by_one(workshop: Workshop, refusal: Refusal) -> None:
    for version in (V1, V2, V3):
        workshop.publish(version)
    assert workshop.shelf.rollback() == (V2, V3)
    assert workshop.shelf.rollback() == (V1, V2)
    assert V1 in refusal(workshop.shelf.rollback)
    assert workshop.shelf.read().active == V1
    workshop.shelf.activate(V3)
    assert workshop.shelf.rollback() == (V1, V3)


def test_a_second_click_takes_back_no_second_version(workshop: Workshop, refusal: Refusal) -> None:
    for version in (V1, V2, V3):
        workshop.publish(version)

    def click(_: int) -> str:
        try:
            return workshop.shelf.rollback(V3)[0]
        except Refused as error:
            return error.key

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(click, range(2))) == [V2, "refused.not_active"]
    assert workshop.shelf.read().active == V2
    assert V3 in refusal(lambda: workshop.shelf.rollback(V3))


def test_rollback_to_a_file_that_was_changed_is_refused(
    workshop: Workshop, refusal: Refusal
) -> None:
    workshop.publish(V1)
    workshop.publish(V2)
    workshop.write("domain.yml", "responses: {a: []}")
    workshop.bundle(V1)  # signed again, with another content
    assert "outro conteúdo" in refusal(workshop.shelf.rollback)
    assert workshop.shelf.read().active == V2


def test_a_version_never_changes(workshop: Workshop, refusal: Refusal, tmp_path: Path) -> None:
    workshop.publish(V1)
    kept = workshop.shelf.file(V1).read_bytes()
    workshop.write("models/omni.tar.gz", model("m2"))
    other = workshop.bundle(V1).rename(tmp_path / "other.zip")
    workshop.shelf.file(V1).write_bytes(kept)
    assert "outro conteúdo" in refusal(lambda: workshop.shelf.add(other))
    assert workshop.shelf.file(V1).read_bytes() == kept


def test_a_bundle_from_elsewhere_is_added_under_its_own_version(
    workshop: Workshop, tmp_path: Path
) -> None:
    elsewhere = workshop.bundle(V1).rename(tmp_path / "baixado (1).zip")
    assert workshop.shelf.add(elsewhere).version == V1
    workshop.shelf.activate(V1)
    assert workshop.shelf.versions() == [V1]


def test_an_unpacked_folder_that_was_touched_is_made_anew(workshop: Workshop) -> None:
    workshop.publish(V1)
    folder = workshop.shelf.folder(V1)
    (folder / "knowledge/labels.yml").write_text("a: c")
    (folder / "actions.py").write_text("evil")
    workshop.shelf.unpack(V1, workshop.shelf.open(V1))
    assert (folder / "knowledge/labels.yml").read_text() == "a: b"
    assert not (folder / "actions.py").exists()


def test_one_that_did_not_come_up_is_withdrawn(workshop: Workshop) -> None:
    workshop.publish(V1)
    workshop.publish(V2)
    workshop.shelf.withdraw(V2, "o processo rasa terminou")
    workshop.shelf.withdraw(V2, "de novo")
    state = workshop.shelf.read()
    assert state.active == V1
    assert [entry["how"] for entry in state.log] == ["published", "published", "failed"]


def test_a_refusal_leaves_the_state_as_it_was(workshop: Workshop) -> None:
    workshop.publish(V1)
    before = (workshop.settings.bundles / "active.json").read_bytes()
    with pytest.raises(Refused):
        workshop.shelf.rollback()
    with pytest.raises(Refused):
        workshop.shelf.activate(V2)
    assert (workshop.settings.bundles / "active.json").read_bytes() == before


def test_two_trainers_at_once_lose_nothing(workshop: Workshop) -> None:
    versions = [f"2026-11-29.{n}" for n in range(1, 9)]
    for version in versions:
        workshop.bundle(version)

    def publish(version: str) -> None:
        try:
            workshop.shelf.activate(version)
        except Refused as error:
            assert error.key == "refused.older"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, versions))
    state = json.loads((workshop.settings.bundles / "active.json").read_text())
    assert state["stack"][-1] == versions[-1]
    assert [entry["version"] for entry in state["log"]] == state["stack"]
    assert state["stack"] == sorted(state["stack"], key=order)


def test_folders_of_versions_long_gone_are_removed_but_their_files_stay(workshop: Workshop) -> None:
    versions = [f"2026-11-29.{n}" for n in range(1, 6)]
    for version in versions:
        workshop.publish(version)
    unpacked = {folder.name for folder in (workshop.settings.bundles / "unpacked").iterdir()}
    assert unpacked == set(versions[-3:])
    assert workshop.shelf.versions() == versions
    for _ in range(4):
        workshop.shelf.rollback()
    assert workshop.shelf.folder(versions[0]).exists()
