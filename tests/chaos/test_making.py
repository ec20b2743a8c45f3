"""How a fault is made: bounded all the way, and whatever fails is its row's verdict; no servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import chaos.run
from chaos.__main__ import main
from chaos.fault import Fault, Scene
from chaos.report import kept
from chaos.run import FAILED, Result, run
from chaos.talk.load import Crowd


class Nowhere:
    """An installation that starts, or does not, and where nobody has said anything."""

    def __init__(self, fails: str = "") -> None:
        self.url = "http://127.0.0.1:9"
        self.up = {"gateway": [(0.0, None)]}
        self.removed = 0
        self._fails = fails

    def start(self) -> None:
        if self._fails:
            raise RuntimeError(self._fails)

    def sql(self, database: str, query: str, *values: Any) -> list[Any]:
        return []

    def remove(self, keep: bool) -> None:
        self.removed += 1


async def made(place: Nowhere, inject: Callable[[Scene], Any]) -> Result:
    return await run(Fault("one", "one", inject, "larger", 1, 1, 0.0, 1, 1.0), place, 7, 1, True)


async def struck(scene: Scene) -> None:
    scene.made += 1


@asynccontextmanager
async def never_comes(crowd: Crowd) -> AsyncIterator[None]:
    await asyncio.sleep(60)
    yield


@asynccontextmanager
async def never_leaves(crowd: Crowd) -> AsyncIterator[None]:
    yield
    await asyncio.sleep(60)


@pytest.mark.parametrize("talking", [never_comes, never_leaves, Crowd.talking])
async def test_a_fault_ends_whatever_the_talkers_wait_for(
    monkeypatch: pytest.MonkeyPatch, talking: Any
) -> None:
    monkeypatch.setattr(Fault, "bound", lambda fault, times: 0.1)
    monkeypatch.setattr(chaos.run, "MARGIN_SECONDS", 0.1)
    monkeypatch.setattr(Crowd, "talking", talking)
    found = await asyncio.wait_for(made(Nowhere(), struck), 10)
    assert found.verdict == FAILED and "TimeoutError" in found.faults[0]


async def test_a_start_that_fails_is_the_verdict() -> None:
    found = await made(Nowhere("no port"), struck)
    assert (found.verdict, found.injected) == (FAILED, 0)
    assert "no port" in found.faults[0]


async def test_what_a_fault_found_stays_where_the_comparison_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def finds_and_ends(scene: Scene) -> None:
        scene.place._fails = "it does not come back"
        scene.expect(False, "found")

    @asynccontextmanager
    async def talking(crowd: Crowd) -> AsyncIterator[None]:
        yield

    monkeypatch.setattr(Crowd, "talking", talking)
    found = await made(Nowhere(), finds_and_ends)
    assert found.faults[0] == "found" and "come back" in found.faults[1]


def test_an_installation_that_does_not_start_is_stopped_and_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    place = Nowhere("Rasa did not start")
    monkeypatch.setitem(chaos.run.PLACES, "larger", lambda seed: place)
    asked = ["--quick", "--only", "rasa-killed", "redis-hung", "--out", str(tmp_path)]
    assert main(asked) == 1
    assert place.removed == 1
    rows = kept(tmp_path)
    assert [(row["name"], row["verdict"]) for row in rows] == [
        ("rasa-killed", FAILED),
        ("redis-hung", FAILED),
    ]
    assert all("Rasa did not start" in row["faults"][0] for row in rows)
