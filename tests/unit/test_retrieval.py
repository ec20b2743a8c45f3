"""Retrieval finds the near, stays silent about the far, and answers the same twice."""

from __future__ import annotations

import pytest

from assistant.retrieval import NEAR_ENOUGH, Index
from tests.support.conversation import world


@pytest.fixture
def retriever():
    return world().retriever


@pytest.mark.parametrize("query", ["xqzw kjjv pprt", "", "   ", "😀", "Привет"])
def test_nonsense_and_nothing_find_nothing(retriever, query):
    assert retriever.articles(query, limit=5) == []
    assert retriever.situations(query, limit=5) == []


def test_every_article_is_first_for_its_own_title(retriever):
    articles = world().knowledge.articles.values()
    first = {a.id: retriever.articles(a.title, limit=1)[0].id for a in articles}
    assert {wanted: found for wanted, found in first.items() if wanted != found} == {}


def test_every_situation_is_first_for_its_own_title(retriever):
    situations = world().knowledge.situations.values()
    assert all(retriever.situations(s.title, limit=1)[0].id == s.id for s in situations)


@pytest.mark.parametrize("limit", [1, 3])
def test_hits_are_limited_near_enough_unique_and_best_first(retriever, limit):
    hits = retriever.articles("não recebo e-mail na caixa", limit)
    assert len(hits) == limit == len({h.id for h in hits})
    assert all(h.likeness >= NEAR_ENOUGH for h in hits)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


@pytest.mark.parametrize("order", [["b", "a", "c"], ["c", "b", "a"]])
def test_ties_are_settled_by_id(order):
    index = Index([(key, "caixa de e-mail") for key in order])
    assert [h.id for h in index.search("caixa de e-mail", 3, 0.3)] == ["a", "b", "c"]


def test_the_score_of_an_id_is_that_of_its_best_text():
    index = Index([("a", "fila do chat"), ("a", "senha da caixa"), ("b", "senha do usuário")])
    hits = index.search("senha da caixa", 5, 0.1)
    assert [h.id for h in hits] == ["a", "b"]
    assert hits[0].likeness == pytest.approx(1.0)


def test_case_accents_and_punctuation_change_nothing(retriever):
    plain = retriever.articles("licencas esgotadas", 3)
    assert plain
    assert retriever.articles("LICENÇAS, esgotadas!", 3) == plain


def test_the_threshold_is_the_callers_to_raise(retriever):
    assert retriever.articles("não recebo e-mail na caixa", 3, near_enough=1.01) == []
