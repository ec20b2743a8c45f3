"""What the core's knowledge says to someone whom Rasa does not answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.dialogue.links import link, source_link
from assistant.knowledge import Check, Situation
from assistant.settings import Settings
from gateway.conversation.guesser import Guess
from gateway.knowledge import knowledge_in
from gateway.store import Reply
from gateway.store.values import Guide
from gateway.texts import Texts

MOST_CHECKS = 4
MOST_ARTICLES = 3


class Guides:
    """Makes the messages that stand in for an answer."""

    def __init__(self, settings: Settings, texts: Texts) -> None:
        self._settings = settings
        self._texts = texts
        self._knowledge = knowledge_in(settings.knowledge_dir)

    def has(self, guide: Guide | None) -> bool:
        """Whether the open guide is one of these."""
        return guide is not None and guide["situation"] in self._knowledge.situations

    def replies(self, opening: str, guide: Guide | None, guess: Guess) -> list[Reply]:
        """Return `opening` and what helps meanwhile, at least one message.

        That is the rest of the open `guide`, else what is guessed, else what is covered.
        """
        if guide and self.has(guide):
            situation = self._knowledge.situations[guide["situation"]]
            checks = _from(situation, guide.get("check"))
            return self._checks(f"{opening} {self._texts.meanwhile_guide}", situation, checks)
        situations = self._knowledge.situations
        # What guesses may know more situations than the bundle that is served.
        possible = [situations[id] for id in guess.situations if id in situations]
        if len(possible) == 1:
            meanwhile = self._texts.meanwhile_situation.format(title=possible[0].title)
            return self._checks(f"{opening} {meanwhile}", possible[0], possible[0].checks)
        if possible:
            return self._candidates(f"{opening} {self._texts.meanwhile_candidates}", possible)
        if guess.articles:
            text = f"{opening} {self._texts.meanwhile_articles}"
            return [_reply(text, articles=self._links(guess.articles))]
        topics = "\n".join(f"- {topic}" for topic in self._knowledge.modules())
        return [_reply(f"{opening} {self._texts.meanwhile_covered}\n{topics}")]

    def _candidates(self, opening: str, possible: Sequence[Situation]) -> list[Reply]:
        """Return the first check of each situation that it may be, and an article of each."""
        firsts = [(one.title, one.checks[0]) for one in possible]
        shown = [
            _reply(f"**{title}**\n{check.text}", menu=list(check.menu)) for title, check in firsts
        ]
        articles = dict.fromkeys(id for one in possible for id in one.articles[:1])
        shown[-1].parts["articles"] = self._links(list(articles))
        return [_reply(opening), *shown]

    def _checks(self, opening: str, situation: Situation, checks: Sequence[Check]) -> list[Reply]:
        shown = [
            _reply(f"**{check.title}**\n{check.text}", menu=list(check.menu))
            for check in checks[:MOST_CHECKS]
        ]
        shown[-1].parts["articles"] = self._links(situation.articles[:MOST_ARTICLES])
        return [_reply(opening), *shown]

    def _links(self, articles: Sequence[str]) -> list[dict[str, str]]:
        known = self._knowledge
        links = [
            link(self._settings, known.articles[id]) for id in articles if id in known.articles
        ]
        return [*links, source_link(self._settings, known.labels)]


def _from(situation: Situation, check: str | None) -> Sequence[Check]:
    """Return the open check and those after it."""
    places = [place for place, one in enumerate(situation.checks) if one.id == check]
    return situation.checks[places[0] :] if places else situation.checks


def _reply(text: str, **parts: Any) -> Reply:
    filled = {name: value for name, value in parts.items() if value}
    return Reply("system", text, filled, mark="fallback")
