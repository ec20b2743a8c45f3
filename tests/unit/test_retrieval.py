"""Retrieval finds the near, stays silent about the far, and answers the same twice."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from assistant.retrieval import BM25_SHARE, NEAR_ENOUGH, Index
from assistant.text import fold
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


def naive(index: Index, score: list[float], likeness: list[float], limit: int) -> list[str]:
    """Each id's best text by going through all of them, as slowly as it reads."""
    best: dict[str, int] = {}
    for place in sorted(range(len(score)), key=lambda p: -score[p]):
        best.setdefault(index._ids[place], place)
    near = [(-score[p], key) for key, p in best.items() if likeness[p] >= 0.5]
    return [key for _, key in sorted(near)][:limit]


@pytest.mark.parametrize("seed", range(40))
def test_stopping_early_finds_what_going_through_all_finds(seed):
    chance = Random(seed)
    index = Index([(chance.choice("abcdefgh"), "fila do chat") for _ in range(60)])
    score = [chance.randrange(8) / 8 for _ in range(60)]
    likeness = [chance.randrange(8) / 8 for _ in range(60)]
    for limit in (1, 3, 8):
        near = index._near(np.array(likeness), 0.5)
        hits = index._best(near, np.array(score)[near], np.array(likeness), limit, 0.5)
        assert [hit.id for hit in hits] == naive(index, score, likeness, limit)


def test_a_query_reads_the_rows_of_its_own_words_alone():
    index = Index([("a", "caixa de e-mail"), ("b", "fila do chat")])
    assert index._grams.format == index._weights.format == "csr"
    assert index._grams.shape[1] == index._weights.shape[1] == 2


@pytest.mark.parametrize("near_enough", [0.05, NEAR_ENOUGH])
def test_the_quick_way_finds_what_the_plain_formulas_do(near_enough):
    index = world().retriever._articles
    for article in world().knowledge.articles.values():
        for query in (article.title, article.questions[0][::-1], article.questions[-1]):
            hits = index.search(query, 3, near_enough)
            assert [(h.id, h.score, h.likeness) for h in hits] == plainly(index, query, near_enough)


def plainly(index, query, near_enough):
    """Return (id, score, likeness) of the three best by whole products and whole sorts."""
    row, counts = (one.transform([fold(query)]) for one in (index._characters, index._words))
    likeness = (row @ index._grams).toarray()[0]
    words = (counts @ index._weights).toarray()[0]
    score = BM25_SHARE * words / (words.max() or 1.0)
    score = score + (1 - BM25_SHARE) * likeness / (likeness.max() or 1.0)
    best = {}
    for place in np.argsort(-score, kind="stable"):
        key = index._ids[place]
        best.setdefault(key, (key, float(score[place]), float(likeness[place])))
    near = [hit for hit in best.values() if hit[2] >= near_enough]
    return sorted(near, key=lambda hit: (-hit[1], hit[0]))[:3]
