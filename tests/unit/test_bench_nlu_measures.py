"""Figures against values worked out by hand or known from textbooks."""

from __future__ import annotations

import pytest

from benchmarks.nlu.data import Split
from benchmarks.nlu.judging import Trained, choose_threshold, judge, refusing
from benchmarks.nlu.measures import (
    Guess,
    auroc,
    bootstrap,
    calibration_error,
    in_scope_and_recall,
    macro_f1,
    ranks,
    wilson,
)
from benchmarks.nlu.retrieving import figures


@pytest.mark.parametrize(
    ("share", "total", "low", "high"),
    [(0.5, 10, 0.2366, 0.7634), (1.0, 10, 0.7225, 1.0), (0.0, 10, 0.0, 0.2775)],
)
def test_wilsons_interval(share, total, low, high):
    found = wilson(share, total)
    assert (found.value, found.low, found.high) == pytest.approx((share, low, high), abs=1e-4)


def test_a_bootstrap_interval_holds_the_mean_and_is_the_same_twice():
    found = bootstrap([0.0, 1.0] * 50)
    assert found.low < found.value == 0.5 < found.high
    assert bootstrap([0.0, 1.0] * 50) == found


def test_the_calibration_error_is_the_gap_between_confidence_and_truth():
    sure = [Guess("a", 0.9)] * 10
    assert calibration_error(sure, [True] * 9 + [False]) == pytest.approx(0.0)
    assert calibration_error(sure, [True] * 5 + [False] * 5) == pytest.approx(0.4)
    assert calibration_error([Guess("a", 1.0)], [True]) == 0.0


def test_gaps_of_different_bins_do_not_cancel():
    guesses = [Guess("a", 0.2)] * 2 + [Guess("a", 0.8)] * 2
    assert calibration_error(guesses, [True, True, False, False]) == pytest.approx(0.8)


def test_auroc_is_the_share_of_pairs_in_order():
    inside, outside = [Guess("a", 0.9), Guess("a", 0.5)], [Guess("a", 0.6), Guess("a", 0.1)]
    assert auroc(inside, outside) == 0.75


def test_macro_f1_counts_a_label_that_is_never_guessed():
    assert macro_f1([Guess("a", 1.0)] * 2, ["a", "b"]) == pytest.approx(1 / 3)


def test_a_refusal_in_scope_is_wrong():
    inside = [Guess("a", 0.9), Guess("a", 0.2), Guess("out_of_scope", 0.9)]
    outside = [Guess("a", 0.9), Guess("a", 0.1), Guess("out_of_scope", 0.9)]
    pair = in_scope_and_recall(inside, ["a", "a", "a"], outside, refusing(0.5))
    assert pair == pytest.approx((1 / 3, 2 / 3))


def test_the_weight_decides_where_the_threshold_lies():
    inside = [Guess("a", 0.4), Guess("a", 0.9), Guess("a", 0.9), Guess("a", 0.9)]
    outside = [Guess("a", 0.5)]
    labels = ["a"] * 4
    assert choose_threshold(inside, labels, outside, weight=0.95) <= 0.4
    assert choose_threshold(inside, labels, outside, weight=0.5) > 0.5


def test_ranks_count_from_one_and_are_zero_where_missing():
    assert ranks([[3, 7], [7, 3], [1]], [3, 3, 3]) == [1, 2, 0]


def test_retrieval_figures():
    found = {name: figure.value for name, figure in figures([1, 2, 4, 0]).items()}
    assert found["recall_1"] == 0.25
    assert found["recall_3"] == 0.5
    assert found["mrr_10"] == pytest.approx((1 + 0.5 + 0.25) / 4)
    assert found["ndcg_10"] == pytest.approx((1 + 0.63093 + 0.43068) / 4, abs=1e-4)


def always(label: str, confidence: float = 0.8):
    def learn(rows):
        return Trained(lambda texts: [Guess(label, confidence) for _ in texts], 2.0, 3.0, len(rows))

    return learn


def test_a_result_is_the_mean_of_its_draws():
    test = [("one", "a"), ("two", "b"), ("one", "a")]
    splits = [Split([("x", "a")], test), Split([("x", "b"), ("y", "b")], test)]
    found = judge(splits, lambda rows: always(rows[0][1])(rows))
    assert found.accuracies == pytest.approx([2 / 3, 1 / 3])
    assert found.figures["accuracy"] == wilson(0.5, 3)  # the shared test counts once
    assert (found.seconds, found.cpu_seconds, found.size) == (2.0, 3.0, 1)


def test_the_tests_of_folds_add_up():
    folds = [Split([("x", "a")], [(text, "a")]) for text in ("one", "two")]
    assert judge(folds, always("a")).figures["accuracy"] == wilson(1.0, 2)


def test_out_of_scope_is_measured_where_a_split_has_it():
    split = Split([("x", "a")], [("one", "a")], [("v", "a")], {"near": ["n"], "far": ["f"]}, ["o"])
    found = judge([split], always("a")).figures
    assert found["auroc_near"].value == found["auroc_far"].value == 0.5
    assert found["in_scope_none"].value == 1.0
    assert found["recall_far_none"].value == 0.0
    assert "in_scope_none" not in judge([Split([("x", "a")], [("t", "a")])], always("a")).figures
