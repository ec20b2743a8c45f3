"""Figures: intervals as published, verdicts at their edges, the order of phrases without effect."""

from __future__ import annotations

import pytest

from trainer.evaluate.measure import (
    bootstrap,
    figure,
    fingerprint,
    measure,
    order,
    spec_of,
    specs,
    wilson,
)


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (0, 0, 0.0, 1.0)],
)
def test_wilson_gives_newcombes_published_intervals(right, n, low, high):
    assert wilson(right, n) == pytest.approx((low, high), abs=5e-5)


def test_a_bootstrap_is_the_same_twice_and_lies_around_the_mean():
    values = [1.0, 0.5, 0.0, 1.0, 0.33, 1.0, 0.5]
    low, high = bootstrap(values)
    assert bootstrap(values) == (low, high)
    assert low < sum(values) / len(values) < high


@pytest.mark.parametrize(("values", "interval"), [([0.5] * 4, (0.5, 0.5)), ([], (0.0, 0.0))])
def test_a_bootstrap_without_spread_is_a_point(values, interval):
    assert bootstrap(values) == interval


def test_the_order_of_the_phrases_does_not_matter():
    one = figure(measure("reply", [("b", 1), ("a", 0)]))
    assert one == figure(measure("reply", [("a", 0), ("b", 1)]))
    assert one["values"] == "01"
    assert one["phrases"] == fingerprint(["a", "b"])


def rows(right: int, wrong: int) -> list[tuple[str, float]]:
    return [(f"p{i:04}", float(i < right)) for i in range(right + wrong)]


@pytest.mark.parametrize(
    ("key", "right", "wrong", "met", "holds"),
    [
        ("situation_first", 495, 5, True, True),
        ("situation_first", 20, 0, True, False),  # too few phrases to be sure
        ("situation_first", 96, 4, False, False),
        ("situation_wrong", 1, 499, True, True),
        ("situation_wrong", 30, 470, False, False),
        ("scope_opened", 0, 200, True, True),
        ("scope_opened", 1, 199, False, False),
    ],
)
def test_a_target_is_met_by_the_value_and_held_by_the_worse_end(key, right, wrong, met, holds):
    found = figure(measure(key, rows(right, wrong)))
    assert (found["met"], found["holds"]) == (met, holds)


def test_nothing_is_judged_without_phrases_or_without_a_target():
    assert figure(measure("situation_first", []))["met"] is None
    assert figure(measure("ambiguous_asked", rows(3, 1)))["target"] is None


def test_a_part_is_named_by_figures_yml_or_by_itself():
    assert spec_of("scope_refused/out_of_scope_near")["label"].endswith("perto do produto")
    assert spec_of("scope_refused/misc")["label"].endswith(": misc")
    assert spec_of("silent_at/0.35")["label"].endswith("0,35")
    assert order("noise/typos") == list(specs()).index("noise")
    with pytest.raises(KeyError):
        spec_of("unknown")
