"""A search for articles, without a conversation."""

from __future__ import annotations

import asyncio

from gateway.channels.texts import ChannelTexts
from gateway.knowledge import knowledge, retriever
from gateway.schemas import Article, OutgoingMessage
from gateway.store.tables import now

MOST = 5


class Search:
    """Finds the articles nearest to some words."""

    def __init__(self, texts: ChannelTexts) -> None:
        self._texts = texts

    async def message(self, words: str) -> OutgoingMessage:
        """Return what is found, as a message that every channel can draw."""
        if not words:
            return _message(self._texts.search_ask)
        found = await asyncio.to_thread(_find, words)
        if not found:
            return _message(self._texts.search_none)
        return _message(self._texts.search_found.format(words=words), found)


def _message(text: str, articles: list[Article] | None = None) -> OutgoingMessage:
    values = {"seq": 0, "from": "assistant", "text": text, "articles": articles, "at": now()}
    return OutgoingMessage.model_validate(values)


def _find(words: str) -> list[Article]:
    # Imported here, since it takes seconds (scikit-learn).
    from assistant.dialogue.links import link
    from assistant.settings import Settings

    settings, known = Settings.from_env(), knowledge()
    hits = retriever().articles(words, MOST)
    return [Article.model_validate(link(settings, known.articles[hit.id])) for hit in hits]
