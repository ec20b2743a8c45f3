"""The trained model on held-out phrases: nothing here was trained on or chosen by.

`make evaluate` reports and gates the same figures phrase by phrase; these are only its floor.
"""

from __future__ import annotations

import pytest

from assistant.settings import ROOT
from tests.nlu.conftest import REPORT
from trainer.evaluate.heldout import read_guides, read_heldout
from trainer.evaluate.measure import figure
from trainer.evaluate.outcomes import outcomes, understanding
from trainer.evaluate.parsing import parse

SITUATIONS = {path.stem for path in (ROOT / "knowledge/situations").glob("*.yml")}
# What the accepted model reached, less what the size of the sample allows (two standard errors).
AT_LEAST = {
    "situation_first": 0.97,
    "situation_three": 0.99,
    "scope_refused": 0.945,
    "ambiguous_acceptable": 0.94,
    "reply": 0.935,
    "reply_elsewhere": 0.94,
    "small_talk": 0.77,
}
AT_MOST = {"situation_wrong": 0.01, "situation_stopped": 0.045, "scope_opened": 0.01}


@pytest.fixture(scope="module")
def figures():
    found = outcomes(read_heldout(ROOT / "tests/nlu"), parse)
    rows = [figure(one) for one in understanding(found, SITUATIONS)]
    REPORT.extend(f"{r['key']:40} {r['n']:4} {r['value']:6.1%}" for r in rows)
    return {row["key"]: row["value"] for row in rows}


def test_the_guides_of_replies_are_of_held_out_ones_and_exist():
    guides = read_guides(ROOT / "tests/nlu/heldout_guides.yml")
    replies = {one.text for one in read_heldout(ROOT / "tests/nlu") if one.kind == "reply"}
    assert guides and set(guides) <= replies and set(guides.values()) <= SITUATIONS


@pytest.mark.parametrize("key", AT_LEAST)
def test_phrases_are_understood_as_well_as_was_accepted(figures, key):
    assert figures[key] >= AT_LEAST[key]


@pytest.mark.parametrize("key", AT_MOST)
def test_phrases_are_taken_wrongly_no_more_often_than_was_accepted(figures, key):
    assert figures[key] <= AT_MOST[key]
