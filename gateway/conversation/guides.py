"""What the core's knowledge says to someone whom Rasa does not answer.

Importing this takes seconds (scikit-learn): gateway.conversation.fallback does it in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.dialogue.links import link, source_link
from assistant.knowledge import Check, Situation
from assistant.settings import Settings
from gateway.knowledge import knowledge_in, retriever_in
from gateway.store import Reply
from gateway.store.values import Guide
from gateway.texts import Texts

MOST_CHECKS = 4
MOST_ARTICLES = 3
# Measured on 600 training phrases: 39 in 100 get the right situation, 10 a wrong one; of phrases
# about other matters 16 in 100 get one. The sentence before the checks says "if".
NEAR_ENOUGH_TO_GUIDE = 0.4


class Guides:
    """Makes the messages that stand in for an answer."""

    def __init__(self, settings: Settings, texts: Texts) -> None:
        self._settings = settings
        self._texts = texts
        self._knowledge = knowledge_in(settings.knowledge_dir)
        self._retriever = retriever_in(settings.knowledge_dir)

    def replies(self, opening: str, words: str, guide: Guide | None) -> list[Reply]:
        """Return `opening` and what helps meanwhile, at least one message.

        That is the rest of the open `guide`, else the checks of the situation whose words are
        nearest to `words`, else the nearest articles, else what is covered.
        """
        situations = self._knowledge.situations
        if guide and (situation := situations.get(guide["situation"])):
            checks = _from(situation, guide.get("check"))
            return self._checks(f"{opening} {self._texts.meanwhile_guide}", situation, checks)
        if situation := self._nearest(words):
            meanwhile = self._texts.meanwhile_situation.format(title=situation.title)
            return self._checks(f"{opening} {meanwhile}", situation, situation.checks)
        if hits := self._retriever.articles(words, MOST_ARTICLES):
            text = f"{opening} {self._texts.meanwhile_articles}"
            return [_reply(text, articles=self._links([hit.id for hit in hits]))]
        topics = "\n".join(f"- {topic}" for topic in self._knowledge.modules())
        return [_reply(f"{opening} {self._texts.meanwhile_covered}\n{topics}")]

    def _nearest(self, words: str) -> Situation | None:
        """Return the situation whose own words, or those of an article of it, are nearest."""
        likeness: dict[str, float] = {}
        for hit in self._retriever.articles(words, 1, NEAR_ENOUGH_TO_GUIDE):
            for id in self._knowledge.articles[hit.id].situations[:1]:
                likeness[id] = hit.likeness
        for hit in self._retriever.situations(words, 1, NEAR_ENOUGH_TO_GUIDE):
            likeness[hit.id] = max(hit.likeness, likeness.get(hit.id, 0.0))
        nearest = max(likeness, key=lambda id: likeness[id], default=None)
        return self._knowledge.situations[nearest] if nearest else None

    def _checks(self, opening: str, situation: Situation, checks: Sequence[Check]) -> list[Reply]:
        shown = [
            _reply(f"**{check.title}**\n{check.text}", menu=list(check.menu))
            for check in checks[:MOST_CHECKS]
        ]
        shown[-1].parts["articles"] = self._links(situation.articles[:MOST_ARTICLES])
        return [_reply(opening), *shown]

    def _links(self, articles: Sequence[str]) -> list[dict[str, str]]:
        known = self._knowledge
        links = [link(self._settings, known.articles[id]) for id in articles]
        return [*links, source_link(self._settings, known.labels)]


def _from(situation: Situation, check: str | None) -> Sequence[Check]:
    """Return the open check and those after it."""
    places = [place for place, one in enumerate(situation.checks) if one.id == check]
    return situation.checks[places[0] :] if places else situation.checks


def _reply(text: str, **parts: Any) -> Reply:
    filled = {name: value for name, value in parts.items() if value}
    return Reply("system", text, filled, mark="fallback")
