"""Retrieval's figures on a retriever whose answers are known."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from assistant.retrieval import NEAR_ENOUGH, NEAR_ENOUGH_STRANGE, Hit
from trainer.evaluate.measure import spec_of
from trainer.evaluate.retrieval import Query, misses, rank, read_queries, retrieval

BETWEEN = (NEAR_ENOUGH + NEAR_ENOUGH_STRANGE) / 2


@dataclass
class Known:
    """Finds ids in a fixed order, each as likely as was said."""

    found: dict[str, list[tuple[str, float]]]

    def articles(self, query: str, limit: int, near_enough: float) -> list[Hit]:
        hits = [Hit(key, 1.0, like) for key, like in self.found[query] if like >= near_enough]
        return hits[:limit]


QUERIES = [Query("one", "a"), Query("two", "b"), Query("none", "z"), Query("nothing", None)]
RETRIEVER = Known(
    {
        "one": [("a", 0.9)],
        "two": [("a", 0.8), ("b", BETWEEN)],
        "none": [("a", 0.1)],
        "nothing": [("a", BETWEEN)],
    }
)


def figures(intent: str) -> dict[str, float]:
    return {m.key: m.value for m in retrieval(QUERIES, RETRIEVER, lambda text: intent)}


def test_ranks_count_from_one_and_a_missing_article_is_zero():
    assert [rank(RETRIEVER, q) for q in QUERIES[:3]] == [1, 2, 0]


def test_recall_and_mrr_need_no_threshold():
    found = figures("licenses")
    assert found["recall_1"] == pytest.approx(1 / 3)
    assert found["recall_3"] == pytest.approx(2 / 3)
    assert found["mrr_10"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("intent", "silent", "kept"), [("licenses", 0.0, 2 / 3), ("out_of_scope", 1.0, 1 / 3)]
)
def test_what_nlu_decides_says_which_threshold_holds(intent, silent, kept):
    found = figures(intent)
    assert found["silent"] == silent
    assert found["kept"] == pytest.approx(kept)
    assert found[f"silent_at/{NEAR_ENOUGH}"] == 0.0
    assert found[f"silent_at/{NEAR_ENOUGH_STRANGE}"] == 1.0


def test_every_figure_is_in_figures_yml():
    assert all(spec_of(key) for key in figures("licenses"))


def test_misses_come_worst_first():
    assert [(m["query"], m["rank"]) for m in misses(QUERIES, RETRIEVER)] == [
        ("none", 0),
        ("two", 2),
    ]


def test_queries_are_read_with_and_without_an_article(tmp_path):
    path = tmp_path / "q.yml"
    path.write_text("- query: a\n  article: x\n- query: b\n  article: null\n", encoding="utf-8")
    assert read_queries(path) == [Query("a", "x"), Query("b", None)]
