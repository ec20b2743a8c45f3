"""Articles as links: the address where it is known, else a search that says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue import links
from assistant.knowledge import Article
from assistant.settings import Settings

PLAIN = Article("x", "Título & mais", "unknown", ("licenses",), ())


@pytest.fixture
def talk(talk_of):
    made = talk_of(situation="slowness", check="suporte", user_words="erro 502 bad gateway")
    settings = Settings(search_url="https://w/?q={title}", source_url="https://w/source")
    made.world = replace(made.world, settings=settings)
    return made


def test_a_known_address_is_the_article_itself(talk):
    found = links.link(talk.world.settings, replace(PLAIN, url="https://w/1", url_status="found"))
    assert found == {"title": PLAIN.title, "url": "https://w/1", "link": "article"}


@pytest.mark.parametrize(
    ("wiki_title", "query"),
    [("", "T%C3%ADtulo+%26+mais"), ("Titulo do wiki", "Titulo+do+wiki")],
)
def test_an_unknown_address_is_a_search_for_the_wikis_own_spelling(talk, wiki_title, query):
    found = links.link(talk.world.settings, replace(PLAIN, wiki_title=wiki_title))
    assert found == {"title": PLAIN.title, "url": f"https://w/?q={query}", "link": "search"}


def test_the_source_is_named_as_such(talk):
    title = talk.labels["source_title"]
    assert links.source_link(talk.world.settings, talk.labels) == {
        "title": title,
        "url": "https://w/source",
        "link": "source",
    }


@pytest.mark.parametrize("source", [True, False])
def test_parts_end_with_the_source_only_where_asked(talk, source):
    articles = links.parts_of(talk, ["limpeza_cache"], source=source).articles
    assert [a["link"] == "source" for a in articles] == ([False, True] if source else [False])


def test_shown_articles_are_noted_once_in_order(talk):
    links.parts_of(talk, ["erro_403", "limpeza_cache"])
    links.parts_of(talk, ["limpeza_cache", "erro_datatables"])
    assert talk.state.shown_articles == ["erro_403", "limpeza_cache", "erro_datatables"]


def test_the_nearest_to_the_users_words_come_first_and_none_is_lost(talk):
    ids = talk.situation.articles
    ordered = links.nearest_first(talk, ids)
    assert ordered[0] == "lentidao_502_504" != ids[0]
    assert sorted(ordered) == sorted(ids)


def test_without_words_the_files_order_holds(talk):
    talk.state.user_words = ""
    assert links.nearest_first(talk, talk.situation.articles) == list(talk.situation.articles)
