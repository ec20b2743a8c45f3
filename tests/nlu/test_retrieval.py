"""Retrieval on held-out queries: written apart from the questions that are matched."""

from __future__ import annotations

import pytest

from assistant.settings import ROOT
from tests.nlu.conftest import REPORT
from tests.support.conversation import Conversation, world
from trainer.evaluate.measure import figure
from trainer.evaluate.parsing import parse
from trainer.evaluate.retrieval import read_queries, retrieval

QUERIES = read_queries(ROOT / "tests/nlu/retrieval_heldout.yml")
# What the accepted index reached, less two standard errors.
AT_LEAST = {"recall_1": 0.83, "recall_3": 0.96, "mrr_10": 0.90, "silent": 0.81, "kept": 0.70}


@pytest.fixture(scope="module")
def figures():
    measures = retrieval(QUERIES, world().retriever, lambda text: parse(text)["intent"]["name"])
    rows = [figure(one) for one in measures]
    REPORT.extend(f"{r['key']:40} {r['n']:4} {r['value']:6.1%}" for r in rows)
    return {row["key"]: row["value"] for row in rows}


@pytest.mark.parametrize("key", AT_LEAST)
def test_the_right_article_is_found_and_nothing_where_none_helps(figures, key):
    assert figures[key] >= AT_LEAST[key]


def test_the_queries_are_not_in_the_index():
    known = {q for a in world().knowledge.articles.values() for q in a.questions}
    assert not known & {query.text for query in QUERIES}


def test_what_is_shown_before_the_first_check_answers():
    shown = []
    for query in (query for query in QUERIES if query.article):
        user = Conversation()
        heard = user.mean(world().knowledge.articles[query.article].situations[0], query.text)
        if heard[0] == "utter_article_answers":
            shown.append(user.state.shown_articles == [query.article])
    assert len(shown) >= 40
    assert sum(shown) >= 0.95 * len(shown)
