"""Rasa's own HTTP API and its public channels stay off, however Rasa is started."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
# Everything that starts Rasa, or says how.
STARTERS = [
    ROOT / "Makefile",
    *(ROOT / "serving").glob("*.py"),
    *(ROOT / "scripts").rglob("*.py"),
    *(p for p in (ROOT / "deploy").rglob("*") if p.suffix in (".Dockerfile", ".yml", ".yaml")),
]


def test_all_that_starts_rasa_is_looked_at() -> None:
    starting = {path.name for path in STARTERS if "rasa" in path.read_text(encoding="utf-8")}
    assert {"pair.py", "topology.py", "rasa.Dockerfile", "workers.yaml"} <= starting


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_its_api_is_not_switched_on(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if not line.lstrip().startswith("#")]
    assert not [line for line in said if "--enable-api" in line or "enable_api" in line]


def test_the_gateway_s_is_its_only_channel() -> None:
    found = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))
    assert list(found) == ["rasa_components.channel.GatewayInput"]
