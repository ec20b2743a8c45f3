"""Verdicts, the choice of faults, and the page: on made-up results, without any server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chaos.__main__ import _parser, chosen, times
from chaos.fault import REGISTER
from chaos.places.small import Missing
from chaos.report import kept, write
from chaos.run import FAILED, NOT_RUN, PASSED, PLACES, Result, not_run
from chaos.tally import Tally


def result(injected: int = 3, faults: list[str] | None = None, accepted: int = 9) -> Result:
    made = Result("rasa-killed", "killed", "larger", 7, 3, injected)
    made.tally, made.faults = Tally(accepted=accepted, longest_wait=float("inf")), faults or []
    made.judge()
    return made


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (result(), PASSED),
        (result(faults=["C: inbox"]), FAILED),
        (result(injected=2), FAILED),
        (result(accepted=0), FAILED),
        (not_run(REGISTER["disk-full"], 7, 1, Missing("no root")), NOT_RUN),
    ],
)
def test_passed_is_only_what_was_made_in_full_and_left_no_trace(
    found: Result, verdict: str
) -> None:
    assert found.verdict == verdict


def test_the_report_has_a_row_for_each(tmp_path: Path) -> None:
    rows = [result(), replace(result(faults=["<b>C</b>: no word"]), name="pairs")]
    as_json, as_page = write(rows, [], tmp_path)
    found = json.loads(as_json.read_text())
    assert [row["verdict"] for row in found["faults"]] == [PASSED, FAILED]
    assert found["passed"] == 1
    page = as_page.read_text()
    assert page.count("rasa-killed") == 2 and "&lt;b&gt;C" in page and "http" not in page


def test_rows_of_the_report_before_stay_where_nothing_is_made_anew(tmp_path: Path) -> None:
    write([result(), replace(result(), name="pairs")], [], tmp_path)
    write([result(faults=["C: inbox"])], kept(tmp_path), tmp_path)
    found = [(row["name"], row["verdict"]) for row in kept(tmp_path)]
    assert found == [("rasa-killed", FAILED), ("pairs", PASSED)]


def test_every_fault_is_bounded_and_has_an_installation() -> None:
    for fault in REGISTER.values():
        assert fault.place in PLACES
        assert fault.long >= fault.quick > 0
        assert fault.bound(1) < 600


def test_the_long_run_has_the_counts_that_were_promised() -> None:
    options = _parser().parse_args([])
    wanted = {"rasa-killed": 100, "gateway-killed": 50, "actions-killed": 90, "pairs": 1000}
    assert {name: times(REGISTER[name], options) for name in wanted} == wanted
    assert len(chosen(options)) == len(REGISTER)


def test_a_share_makes_each_at_least_once() -> None:
    options = _parser().parse_args(["--share", "0.1", "--only", "rasa-killed", "flood"])
    assert {fault.name: times(fault, options) for fault in chosen(options)} == {
        "rasa-killed": 10,
        "flood": 1,
    }
