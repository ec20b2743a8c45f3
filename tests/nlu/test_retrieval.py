"""Retrieval on held-out queries: written apart from the questions that are matched."""

from __future__ import annotations

import pytest
import yaml

from assistant.retrieval import NEAR_ENOUGH, NEAR_ENOUGH_STRANGE, Retriever
from assistant.settings import ROOT
from tests.nlu.conftest import REPORT
from tests.support.conversation import world
from trainer.retrieval import evaluate, read_queries


@pytest.fixture(scope="module")
def figures():
    queries = read_queries(ROOT / "tests/nlu/retrieval_heldout.yml")
    found = evaluate(Retriever(world().knowledge), queries, [NEAR_ENOUGH, NEAR_ENOUGH_STRANGE])
    REPORT.append("retrieval: " + ", ".join(f"{k} {v:.3f}" for k, v in found.items()))
    return found


# What the accepted index reached, less two standard errors.
@pytest.mark.parametrize(
    ("figure", "least"), [("recall@1", 0.76), ("recall@3", 0.91), ("MRR@10", 0.84)]
)
def test_the_right_article_is_found(figures, figure, least):
    assert figures[figure] >= least


def test_nothing_is_offered_where_nothing_helps_and_nlu_says_so(figures):
    assert figures[f"nothing offered at {NEAR_ENOUGH_STRANGE}"] >= 0.85


def test_the_queries_are_not_in_the_index():
    known = {q for a in world().knowledge.articles.values() for q in a.questions}
    held = yaml.safe_load((ROOT / "tests/nlu/retrieval_heldout.yml").read_text(encoding="utf-8"))
    assert not known & {row["query"] for row in held}
