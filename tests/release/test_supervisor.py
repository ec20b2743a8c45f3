"""Which pair serves, while versions come, fail, and are taken back; pairs are played here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from release.serving import status, wait_for
from serving import supervisor as module
from serving.pair import NotReady, Pair, Source
from serving.supervisor import Supervisor
from tests.release.conftest import Workshop, model

V1, V2, V3 = "2026-11-29.1", "2026-11-29.2", "2026-11-30.1"


class Played(Pair):
    """A pair without processes. `broken` versions do not come up; `slow` ones wait for `go`."""

    made: list[Played] = []
    broken: set[str | None] = set()
    slow: set[str | None] = set()

    def __init__(self, source: Source, run: Path) -> None:
        super().__init__(source, run)
        self.go = asyncio.Event()
        self.started = self.stopped = False
        self.died: Any = None
        Played.made.append(self)

    async def start(self) -> None:
        self.started = True

    async def probe(self) -> None:
        if self.source.version in self.slow:
            await self.go.wait()
        if self.source.version in self.broken:
            raise NotReady("o processo rasa terminou com código 1.")

    async def stop(self) -> None:
        self.stopped = True

    def dead(self) -> Any:
        return self.died


@pytest.fixture(autouse=True)
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Played]]:
    Played.made, Played.broken, Played.slow = [], set(), set()
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.01)
    monkeypatch.setattr(module, "MARGIN_SECONDS", 0.0)
    yield Played


@asynccontextmanager
async def serving(workshop: Workshop, turn: float = 30.0, warm: float = 15.0, **more: Any) -> Any:
    settings = replace(workshop.settings, warm_minutes=warm)
    made = Supervisor(settings, workshop.shelf, turn, make_pair=Played, **more)
    await made.start()
    watching = asyncio.create_task(made.watch())
    try:
        yield made
    finally:
        watching.cancel()
        await made.stop()


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.01)


def workers(workshop: Workshop) -> dict[str, Any]:
    return dict(json.loads(workshop.settings.workers_file.read_text()))


def publish(workshop: Workshop, version: str) -> None:
    workshop.write("models/omni.tar.gz", model(version))
    workshop.publish(version)


async def test_without_a_bundle_the_folder_serves(workshop: Workshop) -> None:
    async with serving(workshop) as made:
        assert made.current.source == Source()
        found = workers(workshop)
    assert (found["version"], found["knowledge"]) == (None, None)
    assert found["rasa_url"] == "http://127.0.0.1:5005"


async def test_the_first_bundle_takes_over_from_the_folder(workshop: Workshop) -> None:
    async with serving(workshop) as made:
        publish(workshop, V1)
        await until(lambda: made.current.source.version == V1)
        found = workers(workshop)
    assert found["version"] == V1
    assert found["rasa_url"] == f"http://127.0.0.1:{made.current.rasa_port}"
    assert found["knowledge"] == str(workshop.shelf.folder(V1) / "knowledge")
    assert made.current.source.model == V1


async def test_the_old_pair_serves_until_the_new_one_answers(workshop: Workshop) -> None:
    publish(workshop, V1)
    Played.slow = {V2}
    async with serving(workshop) as made:
        publish(workshop, V2)
        await until(lambda: len(Played.made) == 2)
        old, new = Played.made
        await asyncio.sleep(0.1)
        assert workers(workshop)["version"] == V1 and made.current is old
        new.go.set()
        await until(lambda: workers(workshop)["version"] == V2)
        assert not old.stopped  # what it began may still be under way
    assert old.stopped and new.stopped


async def test_the_old_pair_is_stopped_once_no_turn_can_be_under_way(workshop: Workshop) -> None:
    publish(workshop, V1)
    async with serving(workshop, turn=0.3, warm=0.0) as made:
        publish(workshop, V2)
        await until(lambda: made.current.source.version == V2)
        old, new = Played.made
        assert not old.stopped
        await until(lambda: old.stopped)
        assert not new.stopped


@pytest.mark.parametrize("first", [None, V1])
async def test_one_that_does_not_come_up_changes_nothing(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], first: str | None
) -> None:
    if first:
        publish(workshop, first)
    Played.broken = {V2}
    async with serving(workshop) as made:
        publish(workshop, V2)
        await until(lambda: workshop.shelf.read().active == first)
        await asyncio.sleep(0.05)
        assert made.current is Played.made[0] and not Played.made[0].stopped
        assert Played.made[1].stopped
        assert workers(workshop)["version"] == first
        assert wait_for(workshop.settings, V2) == (
            "failed",
            "o processo rasa terminou com código 1.",
        )
    said = capsys.readouterr().err
    assert V2 in said and "NÃO SUBIU" in said and "terminou com código 1" in said


async def test_one_that_comes_up_after_all_has_not_failed(workshop: Workshop) -> None:
    publish(workshop, V1)
    Played.broken = {V2}
    async with serving(workshop) as made:
        publish(workshop, V2)
        await until(lambda: V2 in (status(workshop.settings) or {})["failed"])
        Played.broken = set()
        workshop.shelf.activate(V2)
        await until(lambda: made.current.source.version == V2)
        assert (status(workshop.settings) or {})["failed"] == {}


async def test_taken_back_the_pair_before_is_there_at_once(workshop: Workshop) -> None:
    publish(workshop, V1)
    async with serving(workshop) as made:
        publish(workshop, V2)
        await until(lambda: made.current.source.version == V2)
        workshop.shelf.rollback()
        await until(lambda: workers(workshop)["version"] == V1)
        assert made.current is Played.made[0] and len(Played.made) == 2
        assert not Played.made[0].stopped


async def test_taken_back_after_it_cooled_a_new_pair_is_started(workshop: Workshop) -> None:
    publish(workshop, V1)
    async with serving(workshop, turn=0.05, warm=0.0) as made:
        publish(workshop, V2)
        await until(lambda: Played.made[0].stopped)
        workshop.shelf.rollback()
        await until(lambda: workers(workshop)["version"] == V1)
        assert made.current is Played.made[2]


async def test_a_warm_pair_that_died_is_not_taken(workshop: Workshop) -> None:
    publish(workshop, V1)
    async with serving(workshop) as made:
        publish(workshop, V2)
        await until(lambda: made.current.source.version == V2)
        Played.made[0].died = SimpleNamespace(name="rasa", code=-9)
        workshop.shelf.rollback()
        await until(lambda: workers(workshop)["version"] == V1)
        assert made.current is Played.made[2]


async def test_taken_back_while_it_is_starting_it_is_stopped(workshop: Workshop) -> None:
    publish(workshop, V1)
    Played.slow = {V2}
    async with serving(workshop) as made:
        publish(workshop, V2)
        await until(lambda: len(Played.made) == 2)
        workshop.shelf.rollback()
        await until(lambda: Played.made[1].stopped)
        assert made.current is Played.made[0]
        assert workers(workshop)["version"] == V1
        assert wait_for(workshop.settings, V1) == ("serving", "")


async def test_a_newer_one_overtakes_one_that_is_starting(workshop: Workshop) -> None:
    publish(workshop, V1)
    Played.slow = {V2}
    async with serving(workshop) as made:
        publish(workshop, V2)
        await until(lambda: len(Played.made) == 2)
        publish(workshop, V3)
        await until(lambda: made.current.source.version == V3)
        assert Played.made[1].stopped


async def test_a_bundle_that_was_changed_is_not_served(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(workshop, V1)
    async with serving(workshop) as made:
        publish(workshop, V2)
        await until(lambda: made.current.source.version == V2)
        workshop.shelf.rollback()
        await until(lambda: made.current.source.version == V1)
        content = bytearray(workshop.shelf.file(V2).read_bytes())
        content[100] ^= 1
        state = json.loads((workshop.settings.bundles / "active.json").read_text())
        Played.made[1].died = SimpleNamespace(name="rasa", code=-9)
        workshop.shelf.file(V2).write_bytes(content)
        state["stack"].append(V2)  # whoever may write here may try
        (workshop.settings.bundles / "active.json").write_text(json.dumps(state))
        await until(lambda: workshop.shelf.read().active == V1)
        assert made.current.source.version == V1
    assert "não confere com a assinatura" in capsys.readouterr().err


async def test_a_state_that_cannot_be_read_changes_nothing_and_is_said_once(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(workshop, V1)
    async with serving(workshop) as made:
        file = workshop.settings.bundles / "active.json"
        kept = file.read_text()
        file.write_text("{broken")
        await asyncio.sleep(0.1)
        assert made.current is Played.made[0] and not Played.made[0].stopped
        file.write_text(kept)
        publish(workshop, V2)
        await until(lambda: made.current.source.version == V2)
    assert capsys.readouterr().err.count("não pode ser lido") == 1


async def test_at_the_start_a_changed_bundle_is_passed_over(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(workshop, V1)
    publish(workshop, V2)
    workshop.shelf.file(V2).write_bytes(b"x")
    async with serving(workshop) as made:
        assert made.current.source.version == V1
    assert "recusado" in capsys.readouterr().err


async def test_the_folder_can_be_asked_for(workshop: Workshop) -> None:
    publish(workshop, V1)
    async with serving(workshop, from_folder=True) as made:
        publish(workshop, V2)
        await asyncio.sleep(0.1)
        assert made.current.source == Source() and len(Played.made) == 1


async def test_the_end_of_the_serving_pair_is_told(workshop: Workshop) -> None:
    async with serving(workshop) as made:
        dead = SimpleNamespace(name="rasa", code=1)
        Played.made[0].died = dead
        async with asyncio.timeout(5):
            assert await made.watch() is dead


async def test_nobody_serves_afterwards(workshop: Workshop) -> None:
    async with serving(workshop):
        assert status(workshop.settings)
    assert status(workshop.settings) is None
    assert wait_for(workshop.settings, V1) == ("nobody", "")
