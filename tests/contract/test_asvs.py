"""docs/asvs.yml and docs/security.md name what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = yaml.safe_load((ROOT / "docs" / "asvs.yml").read_text(encoding="utf-8"))
# Requirements of level 1 and 2 in ASVS 5.0.0, by chapter.
COUNTS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7,
    10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip
PATH = re.compile(r"(?:tests|docs|deploy|gateway|requirements)/[\w./-]+\.(?:py|js|md|yml|yaml|txt)")
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def numbers() -> list[str]:
    return [number for entry in ENTRIES for number in str(entry["lines"]).split()]


def test_every_line_is_there_once() -> None:
    found = numbers()
    assert len(found) == len(set(found))
    by_chapter = dict.fromkeys(COUNTS, 0)
    for number in found:
        by_chapter[int(number.split(".")[0])] += 1
    assert by_chapter == COUNTS


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["lines"])[:20])
def test_each_says_how_it_stands_and_where(entry: dict[str, str]) -> None:
    assert entry["state"] in ("met", "partly", "gap", "none")
    assert len(entry["why"]) > 8
    if entry["state"] in ("met", "partly"):
        assert (ROOT / entry["by"]).exists(), entry["by"]
    for path in PATH.findall(entry["why"]):
        assert (ROOT / path).exists(), path


def test_what_security_names_is_there() -> None:
    named = set(PATH.findall(SECURITY))
    assert len(named) > 20
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_security_has_the_figures() -> None:
    counts = {state: 0 for state in ("met", "partly", "gap", "none")}
    for entry in ENTRIES:
        counts[entry["state"]] += len(str(entry["lines"]).split())
    said = (
        f"{counts['met']} met, {counts['partly']} partly, {counts['gap']} gaps, {counts['none']} "
    )
    assert said in SECURITY


@pytest.mark.parametrize("number", range(1, 11))
def test_each_of_the_api_top_ten_is_answered(number: int) -> None:
    assert f"| API{number}" in SECURITY
