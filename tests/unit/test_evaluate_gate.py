"""The gate: a drop that chance explains passes, a larger one fails, and the same run is equal."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from trainer.evaluate.gate import accept, compare, flipped, mcnemar, newcombe
from trainer.evaluate.measure import figure, measure
from trainer.evaluate.shared import LEAST_SHARED, phrase_ids
from trainer.evaluate.understood import understood

N = 60


def texts(start: str = "p") -> list[str]:
    return [f"{start}{i:02}" for i in range(N)]


def evaluation(more: dict[str, float] | None = None, **values: list[float]) -> dict[str, Any]:
    """A run of N phrases, and of `more` ones with their values."""
    found = [
        measure(k, [*zip(texts(), v, strict=True), *(more or {}).items()])
        for k, v in values.items()
    ]
    rows = [figure(one) for one in found]
    ids = {row["phrases"]: phrase_ids(one.texts) for row, one in zip(rows, found, strict=True)}
    about = {"date": "2026-11-22T12:00", "commit": "abc", "phrases": ids}
    return {**about, "figures": rows, "intents": []}


def right(wrong: int) -> list[float]:
    return [0.0] * wrong + [1.0] * (N - wrong)


def accepted(found: dict[str, Any], folder: Path) -> dict[str, Any]:
    accept(found, folder / "reports/accepted.json")
    return json.loads((folder / "reports/accepted.json").read_text(encoding="utf-8"))


def test_newcombe_gives_his_published_interval():
    assert newcombe(56, 70, 48, 80, 0.95) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe(9, 10, 3, 10, 0.95) == pytest.approx((0.1705, 0.8090), abs=5e-5)


@pytest.mark.parametrize(
    ("lost", "gained", "p"), [(0, 0, 1.0), (5, 0, 1 / 32), (1, 1, 0.75), (0, 3, 1.0)]
)
def test_mcnemar_is_a_coin_among_the_changed(lost, gained, p):
    assert mcnemar(lost, gained) == pytest.approx(p)


def test_the_same_run_does_not_differ_from_itself(tmp_path):
    found = evaluation(reply=right(3), mrr_10=[0.5, 1.0] * (N // 2))
    assert compare(accepted(found, tmp_path), found) == []


@pytest.mark.parametrize(("wrong", "failed"), [(3, False), (6, False), (7, False), (8, True)])
def test_a_share_fails_where_five_more_phrases_are_lost(tmp_path, wrong, failed):
    old = accepted(evaluation(reply=right(3)), tmp_path)
    rows = compare(old, evaluation(reply=right(wrong)))
    assert any(row["failed"] for row in rows) is failed


def test_of_a_figure_that_should_be_low_a_rise_fails(tmp_path):
    old = accepted(evaluation(situation_wrong=[0.0] * N), tmp_path)
    assert compare(old, evaluation(situation_wrong=[1.0] * 5 + [0.0] * 55))[0]["failed"]
    old = accepted(evaluation(situation_wrong=[1.0] * 9 + [0.0] * 51), tmp_path)
    assert not compare(old, evaluation(situation_wrong=[0.0] * N))[0]["failed"]


def test_a_figure_without_a_better_side_is_shown_only(tmp_path):
    old = accepted(evaluation(ambiguous_asked=right(0)), tmp_path)
    (row,) = compare(old, evaluation(ambiguous_asked=right(N)))
    assert row["change"] == -1.0 and not row["failed"]


@pytest.mark.parametrize(("wrong", "failed"), [(8, False), (15, True)])
def test_other_phrases_are_another_sample(tmp_path, wrong, failed):
    found = evaluation(reply=right(wrong))
    found["figures"][0]["phrases"] = "another set"
    (row,) = compare(accepted(evaluation(reply=right(3)), tmp_path), found)
    assert not row["paired"] and row["p"] is None
    assert row["failed"] is failed


@pytest.mark.parametrize("phrases", ["same", "others"])
@pytest.mark.parametrize(("loss", "failed"), [(0.0, False), (0.3, True), (-0.3, False)])
def test_a_mean_fails_where_most_phrases_lose(tmp_path, loss, failed, phrases):
    spread = [0.4 + 0.05 * (i % 5) for i in range(N)]
    found = evaluation(mrr_10=[v - loss - 0.01 * (i % 3) for i, v in enumerate(spread)])
    if phrases == "others":
        found["figures"][0]["phrases"] = "another set"
    rows = compare(accepted(evaluation(mrr_10=spread), tmp_path), found)
    if loss or phrases == "others":
        assert rows[0]["failed"] is failed


def test_a_loss_common_to_all_needs_no_spread(tmp_path):
    old = accepted(evaluation(mrr_10=[0.9] * N), tmp_path)
    assert compare(old, evaluation(mrr_10=[0.8] * N))[0]["failed"]
    assert not compare(old, evaluation(mrr_10=[1.0] * N))[0]["failed"]


def test_a_figure_that_is_no_longer_measured_fails(tmp_path):
    old = accepted(evaluation(reply=right(3), small_talk=right(2)), tmp_path)
    (row,) = compare(old, evaluation(reply=right(3)))
    assert row["key"] == "small_talk" and row["failed"] and row["new"] is None


def test_the_worst_comes_first_and_the_phrases_that_changed_are_named(tmp_path):
    old = accepted(evaluation(reply=right(0), small_talk=right(9)), tmp_path)
    rows = compare(old, evaluation(reply=right(8), small_talk=right(8)))
    assert [row["key"] for row in rows] == ["reply", "small_talk"]
    names = {row["key"]: texts() for row in rows}
    assert list(flipped(rows[0], names)) == [(t, False) for t in texts()[:8]]
    assert list(flipped(rows[1], names)) == [("p08", True)]


def test_accepting_keeps_counts_date_and_commit(tmp_path):
    found = evaluation(reply=right(6))
    before = copy.deepcopy(found)
    kept = accepted(found, tmp_path)
    assert kept["commit"] == "abc" and kept["measured"] == "2026-11-22T12:00"
    assert (kept["scores"]["reply"]["n"], kept["scores"]["reply"]["right"]) == (N, N - 6)
    assert found == before


def test_phrases_that_are_new_drag_nothing_down(tmp_path):
    old = accepted(evaluation(situation_first=right(3)), tmp_path)
    weak = {f"a new one {n:02}": 0.0 for n in range(16)}
    found = evaluation(weak, situation_first=right(3))
    assert compare(old, found) == []
    assert figure(measure("situation_first", weak.items()))["value"] == 0.0
    (row,) = compare(old, evaluation(weak, situation_first=right(8)))  # what both have did fall
    assert row["failed"] and row["paired"] and row["added"] == 16
    assert (row["old"]["n"], row["new"]["n"]) == (N, N)
    moved = list(flipped(row, {"situation_first": sorted([*texts(), *weak])}))
    assert moved == [(text, False) for text in texts()[3:8]]


def test_phrases_that_went_are_compared_no_more(tmp_path):
    gone = {f"p{n}x": 1.0 for n in range(10, 20)}
    old = accepted(evaluation(gone, reply=right(3), mrr_10=[0.5] * N), tmp_path)
    assert compare(old, evaluation(reply=right(3), mrr_10=[0.5] * N)) == []


def test_where_most_phrases_are_others_two_samples_are_compared(tmp_path):
    many = {f"q{n:03}": 1.0 for n in range(round(N / LEAST_SHARED))}
    old = accepted(evaluation(many, reply=right(0)), tmp_path)
    (row,) = compare(old, evaluation(reply=right(30)))
    assert not row["paired"] and row["p"] is None and row["failed"]


def test_a_reference_holds_nobodys_words(tmp_path):
    kept = accepted(evaluation({"meu ramal": 1.0}, reply=right(0)), tmp_path)
    assert "meu ramal" not in json.dumps(kept)
    assert len(next(iter(kept["phrases"].values()))) == 8 * (N + 1)


def intent(name: str, values: str) -> dict[str, Any]:
    missed = [{"text": "x", "way": "asked", "taken": "slowness"}] * values.count("0")
    return {"key": f"intent/{name}", "n": len(values), "values": values, "missed": missed}


def test_each_situation_is_told_apart_by_name():
    rows = [intent("slowness", "1111"), intent("ramal", "1001"), intent("wait", "0000")]
    kinds = {"slowness": "situation", "ramal": "situation", "wait": "reply"}
    table = [{"intent": name, "kind": kind} for name, kind in kinds.items()]
    found = understood({"table": table, "intents": rows}, {"scores": {"intent/slowness": {}}})
    assert list(found) == ["slowness", "ramal"]
    ramal = found["ramal"]
    assert (ramal.right, ramal.n, ramal.new, ramal.weak) == (2, 4, True, True)
    assert [(m.text, m.way, m.taken) for m in ramal.missed] == [("x", "asked", "slowness")] * 2
    assert not found["slowness"].new and not found["slowness"].weak
    assert not understood({"table": table, "intents": rows}, None)["ramal"].new
