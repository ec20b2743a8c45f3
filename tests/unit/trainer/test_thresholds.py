"""What chooses the thresholds tries those that are in use."""

from __future__ import annotations

from trainer.judging import settings_of
from trainer.thresholds import FIXED, GRID, SECONDS


def test_every_threshold_in_use_is_among_those_tried():
    in_use = settings_of("ThreeWayDecider")
    tried = {**GRID, **{name: [value] for name, value in FIXED.items()}, "second": SECONDS}
    assert {name for name in tried if in_use[name] not in tried[name]} == set()
