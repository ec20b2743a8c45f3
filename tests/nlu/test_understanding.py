"""The trained model on held-out phrases: nothing here was trained on or chosen by."""

from __future__ import annotations

import pytest

from assistant.dialogue.turn import OUT_OF_SCOPE, REPLIES, SMALL_TALK
from assistant.settings import ROOT
from tests.nlu.conftest import REPORT
from tests.support.understanding import parse
from trainer.phrases import read_phrases
from trainer.understanding import evaluate, table, totals

SITUATIONS = {path.stem for path in (ROOT / "knowledge/situations").glob("*.yml")}
# What the accepted model reached, less what the size of the sample allows (two standard errors).
GROUPS = {
    "situations": (SITUATIONS, 0.90),
    "replies": (REPLIES, 0.75),
    "small talk": (SMALL_TALK, 0.80),
    "out of scope": ({OUT_OF_SCOPE}, 0.85),
}


@pytest.fixture(scope="module")
def rows():
    found = evaluate(read_phrases(ROOT / "tests/nlu/heldout"), parse)
    REPORT.extend(table(found))
    for name, (intents, _) in GROUPS.items():
        shares = {k: f"{v:.1%}" for k, v in totals(found, intents).items() if k != "count"}
        REPORT.append(f"{name}: {shares}")
    return found


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_is_understood_as_well_as_was_accepted(rows, group):
    intents, least = GROUPS[group]
    assert totals(rows, intents)["right"] >= least


def test_a_guide_is_seldom_started_on_what_is_not_covered(rows):
    started = [name for _, name in rows[OUT_OF_SCOPE].wrong if name in SITUATIONS]
    assert len(started) / rows[OUT_OF_SCOPE].total <= 0.03


def test_a_situation_is_seldom_taken_for_another(rows):
    taken = [n for s in SITUATIONS for _, n in rows[s].wrong if n in SITUATIONS]
    assert len(taken) / totals(rows, SITUATIONS)["count"] <= 0.05
