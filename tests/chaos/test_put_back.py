"""What a fault changed is put back, however it ends."""

from __future__ import annotations

import asyncio
import random
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chaos.faults import clock, disk, flood
from chaos.links import Link, Links, Weather
from chaos.places.limits import UNLIMITED
from tests.chaos.scenes import scene


class Broken(Exception):
    pass


def test_a_disk_that_was_filled_is_free_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    began = threading.Event()

    def fill(ballast: Path, stop: threading.Event) -> None:
        ballast.write_bytes(b"full")
        began.set()
        stop.wait()

    monkeypatch.setattr(disk, "_fill", fill)
    threads = threading.active_count()
    with pytest.raises(Broken), disk.filled(tmp_path / "ballast"):
        assert began.wait(5)
        raise Broken
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == threads


def test_filling_ends_though_there_is_room(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    disk._fill(tmp_path / "ballast", stop)
    assert (tmp_path / "ballast").stat().st_size == 0


async def test_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def pause(*_: Any) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(clock, "pause", pause)
    clocks: list[int] = []
    with pytest.raises(asyncio.CancelledError):
        await clock.clock(scene(set_clock=clocks.append))
    assert clocks == [0]


async def test_the_limits_are_lifted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: Any) -> None:
        raise Broken

    async def revive(*_: Any) -> None:
        pass

    monkeypatch.setattr(flood, "_in_turns", breaks)
    monkeypatch.setattr(flood, "revive", revive)
    monkeypatch.setattr(flood, "LEARNING_QUICK", 0)
    gateway = SimpleNamespace(environment={"PATH": "/bin"})
    begun: list[Any] = []
    hurt = scene(
        of_kind=lambda kind: ["gateway-1"],
        processes={"gateway-1": gateway},
        end=lambda name, seconds: None,
        begin=lambda name: begun.append(gateway.environment[flood.LIMIT]),
    )
    with pytest.raises(Broken):
        await flood.flood(hurt)
    assert begun == [flood.DEFAULT, UNLIMITED]


def test_links_are_fair_and_unwatched_again() -> None:
    links = Links(1)
    links._links["rasa-1"] = link = Link("rasa-1", 9, random.Random(1))
    watching = links.watched("rasa", lambda name: lambda *_: True)
    with pytest.raises(Broken), watching, links.weather("rasa", Weather(hole=True)):
        assert link.watch and link.weather.hole
        raise Broken
    assert link.watch is None and link.weather == Weather()
    links.stop()
