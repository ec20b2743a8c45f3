"""The counts of the report: each thing that can go wrong is counted, a whole one as none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chaos.talk.evidence import Evidence
from chaos.talk.log import Log
from chaos.tally import Tally, tally, told
from tests.chaos.test_oracle import ROWS, UP, change, whole


def count(log: Log, stored: Evidence) -> Tally:
    return tally(told(log), stored, UP)


def test_a_whole_conversation() -> None:
    log, stored = whole()
    log.sent[1].took = 1.5
    log.failed.append("GET /messages: 503")
    assert count(log, stored) == Tally(
        accepted=2,
        answered=2,
        effects=1,
        failed_requests=1,
        longest_wait=2.0,
        slowest_acceptance=1.5,
    )


Spoil = Callable[[Log, Evidence], object]
SPOILT: dict[str, tuple[str, int, Spoil]] = {
    "not stored": ("lost", 1, lambda _, kept: kept.rows.pop(1)),
    "without any word": ("lost", 1, lambda _, kept: kept.rows.pop(2)),
    "given up, and told": (
        "told",
        1,
        lambda _, kept: (change(kept, 2, state="set_aside"), change(kept, 5, sender="system")),
    ),
    "stored twice": ("twice", 1, lambda _, kept: kept.rows.append(replace(ROWS[0], seq=7))),
    "run twice": ("twice", 1, lambda _, kept: kept.turns.append(kept.turns[0])),
    "shown twice": ("twice", 1, lambda log, _: log.read.append(log.read[-1])),
    "stored in another order": ("out_of_order", 1, lambda log, _: log.sent.reverse()),
    "shown in another order": ("out_of_order", 5, lambda log, _: log.heard.reverse()),
    "a case that nobody was told of": (
        "effects_doubled",
        1,
        lambda _, kept: kept.cases.append(8),
    ),
}


@pytest.mark.parametrize(("name", "number", "spoil"), SPOILT.values(), ids=SPOILT.keys())
def test_each_fault_is_counted(name: str, number: int, spoil: Spoil) -> None:
    log, stored = whole()
    spoil(log, stored)
    assert getattr(count(log, stored), name) == number


def test_no_connection_is_a_word() -> None:
    log, stored = whole()
    log.words.clear()
    assert count(log, stored).longest_wait == float("inf")
    log.offline += [12.0, 15.0]
    assert count(log, stored).longest_wait == 2.0


def test_of_many_counts_are_summed_and_the_longest_wait_stays() -> None:
    one, other = Tally(accepted=2, longest_wait=3.0), Tally(accepted=1, lost=1, longest_wait=9.5)
    assert one.plus(other) == Tally(accepted=3, lost=1, longest_wait=9.5)
