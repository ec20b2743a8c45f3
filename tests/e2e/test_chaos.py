"""`make chaos` in short: every fault a few times, each survived."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import chaos.faults  # noqa: F401 (registers them)
from chaos.fault import REGISTER
from chaos.places.embedded import ROOT

# Some minutes; a machine that other jobs keep busy takes longer.
SECONDS = 1500


def test_each_fault_is_survived(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = os.environ.get("OMNI_SEED")
    command = [sys.executable, "-m", "chaos", "--quick", "--out", str(tmp_path)]
    ran = subprocess.run(
        [*command, *(["--seed", seed] if seed else [])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    with capsys.disabled():
        print(f"\n{ran.stdout}")
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr[-3000:]}"
    found = json.loads((tmp_path / "chaos.json").read_text(encoding="utf-8"))
    assert {row["name"] for row in found["faults"]} == set(REGISTER)
