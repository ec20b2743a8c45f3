"""Articles as links: the article itself where its address is known, else a search, so named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.dialogue.messages import Parts
from assistant.dialogue.talk import Talk
from assistant.knowledge import Article
from assistant.settings import Settings

SHOWN_AT_ONCE = 4


def link(settings: Settings, article: Article) -> dict[str, str]:
    """Return title, address and kind of link ("article" or "search") of an article."""
    if article.url:
        return {"title": article.title, "url": article.url, "link": "article"}
    url = settings.search_link(article.wiki_title or article.title)
    return {"title": article.title, "url": url, "link": "search"}


def source_link(settings: Settings, labels: Mapping[str, str]) -> dict[str, str]:
    """Return the link to the page that the checks come from."""
    return {"title": labels["source_title"], "url": settings.source_url, "link": "source"}


def parts_of(talk: Talk, article_ids: Iterable[str], source: bool = False) -> Parts:
    """Return the articles as parts of a message, and note that they were shown."""
    ids = list(article_ids)
    talk.state.shown_articles += [i for i in ids if i not in talk.state.shown_articles]
    world = talk.world
    articles = [(i, world.knowledge.articles[i]) for i in ids]
    links = [{"id": i, **link(world.settings, article)} for i, article in articles]
    if source:
        links.append(source_link(world.settings, talk.labels))
    return Parts(articles=tuple(links))


def say_articles(talk: Talk, article_ids: Sequence[str]) -> None:
    """Show every article of a list."""
    talk.say("utter_articles", parts_of(talk, article_ids, source=True))


def nearest_first(talk: Talk, article_ids: Sequence[str]) -> list[str]:
    """Return the articles of a situation, those nearest to the user's words first."""
    found = talk.world.retriever.articles(talk.state.user_words, limit=len(article_ids) * 3)
    near = [hit.id for hit in found if hit.id in article_ids]
    return near + [i for i in article_ids if i not in near]


def show_aside(talk: Talk, article_id: str) -> None:
    """Show the one article that an answer points to, and ask whether it solved."""
    options = [
        talk.option("resolved", "resolved", "affirm"),
        talk.option("not_resolved", "not_resolved", "deny", "skip"),
        talk.option("person", "person"),
    ]
    talk.say("utter_article_aside", parts_of(talk, [article_id]))
    talk.ask("aside", "utter_did_articles_solve", options)
