"""What a message without an open question means: a problem, an error text, or neither."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.dialogue import asking, walking
from assistant.dialogue.links import parts_of
from assistant.dialogue.page import nearest
from assistant.dialogue.state import Parked
from assistant.dialogue.talk import Talk
from assistant.dialogue.turn import OUT_OF_SCOPE, UNSURE, Turn
from assistant.knowledge import Article
from assistant.retrieval import (
    ANSWERS,
    NEAR_ENOUGH,
    NEAR_ENOUGH_SITUATION,
    NEAR_ENOUGH_STRANGE,
)
from assistant.text import fold

# An error text in so few words stands alone.
FEW_WORDS = 4
# "Como cadastro um feriado", "alterar o prazo": who asks how is told by an article; who tells of a
# fault ("não é possível anexar"), by the checks.
_ASKS_HOW = re.compile(
    r"^\w+[aei]r\b|\b(?:a?onde|passo a passo|o que (?:e|sao|significa)|(?:pra|para) que serve)\b"
    r"|(?<!tem )\bcomo\b|(?<!nao )\b(?:tem como|posso|da pra|da para|e possivel)\b"
)


def begin(talk: Talk, situation_id: str, words: str) -> None:
    """Open a situation's guide; an error text's article comes first, or one that is asked for."""
    confidence = talk.turn.confidence(situation_id) or 1.0
    answer = _answer(talk, situation_id, words)
    talk.state.shown_articles = []
    article = error_article(talk)
    if article:
        talk.say("utter_error_known", parts_of(talk, [article.id]))
    elif answer:
        talk.say("utter_article_answers", parts_of(talk, [answer]))
    walking.open_guide(talk, situation_id, words, confidence)


def _answer(talk: Talk, situation_id: str, words: str) -> str | None:
    """Return the situation's article that is asked for and was not just shown, or None."""
    if not _ASKS_HOW.search(fold(words)):
        return None
    near = talk.world.retriever.articles(words, 3, ANSWERS)
    fit = frozenset(talk.named(situation_id).articles).difference(talk.state.shown_articles)
    return next((hit.id for hit in near if hit.id in fit), None)


def describe(talk: Talk) -> None:
    """Act on a description of a problem, however sure its understanding is."""
    turn, words = talk.turn, talk.turn.text
    _weigh(talk)
    article = error_article(talk)
    topic = talk.world.knowledge.topics.of(words)
    if topic:
        _tell_apart(talk, topic)
    elif turn.second and turn.intent in talk.world.knowledge.situations:
        _begin_first_of_two(talk, turn.intent, turn.second)
    elif article and not article.opens and _tells_no_more(article, turn):
        asking.show_error_article(talk, article, words)
    elif turn.intent in talk.world.knowledge.situations:
        begin(talk, turn.intent, words)
    elif article:
        _begin_from_error(talk, article)
    elif turn.intent == UNSURE and _left(talk, turn.candidates):
        _tell_apart(talk, turn.candidates)
    else:
        outside(talk)


def _tell_apart(talk: Talk, candidates: Sequence[str]) -> None:
    """Ask which it is; where only one belongs to the screen that someone is on, it is that one."""
    left = [c for c in candidates if c not in talk.state.refused]
    near, in_order = nearest(talk.turn.page, left, talk.world.knowledge.situations)
    if len(near) == 1 and len(left) > 1:
        begin(talk, near[0], talk.turn.text)
    else:
        asking.clarify(talk, in_order, talk.turn.text)


def outside(talk: Talk) -> None:
    """No documented situation: the nearest articles if near enough, else an honest no."""
    words = talk.turn.text
    if talk.turn.entities.get("own_password"):
        talk.say("utter_own_password")
        return
    strange = talk.turn.intent == OUT_OF_SCOPE
    likeness = NEAR_ENOUGH_STRANGE if strange else NEAR_ENOUGH
    near = [hit.id for hit in talk.world.retriever.articles(words, 3, likeness)]
    alike = talk.world.retriever.situations(words, 3, NEAR_ENOUGH_SITUATION)
    alike = [hit for hit in alike if hit.id not in talk.state.refused]
    if alike and not strange:
        asking.clarify(talk, [hit.id for hit in alike], words)
    elif near:
        asking.suggest_articles(talk, near)
    elif strange:
        talk.say("utter_out_of_scope")
        asking.ask_module(talk)
    else:
        asking.not_understood(talk)


def _tells_no_more(article: Article, turn: Turn) -> bool:
    """Whether a message says nothing that the error's article does not answer by itself.

    An error text alone fits every situation of its article, whichever NLU thinks of first.
    """
    alone = len(turn.text.split()) <= FEW_WORDS
    return article.situations == (turn.intent,) or (alone and len(article.situations) > 1)


def error_article(talk: Talk) -> Article | None:
    """Return the article that an error code or text in the message points to, or None."""
    entities = talk.turn.entities
    heard = [fold(v) for name in ("error_code", "error_text") for v in entities.get(name, ())]
    for article in talk.world.knowledge.articles.values():
        if any(_same(fold(text), value) for text in article.error_texts for value in heard):
            return article
    return None


def _same(text: str, heard: str) -> bool:
    return f" {text} " in f" {heard} "


def _begin_from_error(talk: Talk, article: Article) -> None:
    if article.opens:
        begin(talk, article.opens, talk.turn.text)
    else:
        asking.show_error_article(talk, article, talk.turn.text)


def _begin_first_of_two(talk: Talk, first: str, second: str) -> None:
    titles = [talk.named(s).title for s in (first, second)]
    talk.say("utter_two_problems", first=titles[0], second=titles[1])
    talk.state.parked.append(Parked(second, None, talk.turn.text))
    begin(talk, first, talk.turn.text)


def _weigh(talk: Talk) -> None:
    """Keep what was weighed, for the sheet and for 'this is not my problem'."""
    known = talk.world.knowledge.situations
    ranked = [g.name for g in talk.turn.ranking if g.name in known and g.confidence >= 0.05]
    talk.state.candidates = ranked[1 : 1 + asking.MOST_CANDIDATES]
    if talk.turn.intent != OUT_OF_SCOPE:
        talk.state.user_words = talk.turn.text


def _left(talk: Talk, candidates: Sequence[str]) -> bool:
    return any(c not in talk.state.refused for c in candidates)
