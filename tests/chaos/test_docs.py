"""docs/chaos.md says how often each fault is made, and how loaded the machine of the report was."""

from __future__ import annotations

import json
import re

import chaos.faults  # noqa: F401 (registers them)
from chaos.fault import REGISTER
from chaos.places.embedded import ROOT

DOCS = (ROOT / "docs" / "chaos.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([a-z-]+)` \| (\d+) \| (\d+) \|", re.MULTILINE)


def test_the_counts_are_those_of_the_code() -> None:
    said = {name: (int(quick), int(long)) for name, quick, long in ROW.findall(DOCS)}
    assert said == {fault.name: (fault.quick, fault.long) for fault in REGISTER.values()}


def test_what_happens_in_turn_happens_to_each_in_the_short_run() -> None:
    each = {"actions-killed": 3, "bundles": 3, "sqlite-locked": 3, "rolling-restart": 6}
    each |= {"latency": 7, "resets": 7, "black-hole": 7, "second-process": 2}
    assert {name: REGISTER[name].quick for name in each} == each


def test_the_load_of_the_report_is_the_one_that_is_told() -> None:
    rows = json.loads((ROOT / "reports" / "chaos.json").read_text(encoding="utf-8"))["faults"]
    loads = [row["load"] for row in rows]
    assert f"load {min(loads):.0f} to {max(loads):.0f}" in DOCS
