"""The moments that `make bench BENCH=stages` takes down are those of a turn, in its order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from visitor import Visitor, until_true

from benchmarks.serving import profiled_gateway


async def test_each_turn_leaves_its_moments(
    ana: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name, *_ in profiled_gateway.MOMENTS:
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back afterwards
    profiled_gateway.prepare(tmp_path / "moments")
    for text in ("não abre", "continua"):
        await ana.say(text)
    file = tmp_path / "moments"  # a turn's line is written once its answer is shown
    await until_true(lambda: file.exists() and len(file.read_text().splitlines()) == 2)
    turns = [json.loads(line) for line in file.read_text().splitlines()]
    for turn in turns:
        order = [turn[name] for name in ("received", "claimed", "asked", "answered", "stored")]
        assert order == sorted(order)
    assert turns[0]["stored"] < turns[1]["received"]
