"""Knowledge of any size, made from what there is: the same words, put together in other ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from assistant.knowledge import Knowledge
from assistant.knowledge.model import Article

SEED = 11
_SYLLABLES = ("ba", "co", "du", "fe", "gi", "lo", "mu", "ne", "pi", "ro", "su", "ta", "ve", "xi")
_FAULTS = (
    "{thing} não abre", "{thing} some da tela", "{thing} dá erro quando salvo",
    "não consigo mudar {thing}", "{thing} aparece em branco", "{thing} está demorando demais",
    "{thing} não grava o que eu digito", "perdi o acesso ao {thing}", "{thing} não atualiza",
    "o {thing} da minha equipe parou",
)  # fmt: skip
_OPENINGS = ("", "bom dia, ", "desde ontem ", "por favor, ")


def word(number: int) -> str:
    """Return a word that no other number has."""
    found, left = "", number + len(_SYLLABLES)
    while left:
        left, place = divmod(left, len(_SYLLABLES))
        found += _SYLLABLES[place]
    return found


def articles(knowledge: Knowledge, number: int) -> list[Article]:
    """Return the articles there are, and as many made of theirs as make `number`."""
    known = list(knowledge.articles.values())
    return [_made(known[n % len(known)], n) if n >= len(known) else known[n] for n in range(number)]


def with_articles(knowledge: Knowledge, number: int) -> Knowledge:
    """Return the knowledge with `number` articles."""
    return replace(knowledge, articles={one.id: one for one in articles(knowledge, number)})


def phrases(number: int) -> list[str]:
    """Return 20 phrases of a made-up situation."""
    things = (f"{word(number)} {word(number + 7)}", word(number))
    found = [o + f.format(thing=t) for t in things for f in _FAULTS for o in _OPENINGS]
    return found[::4]


def situation(template: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a made-up situation with the checks of another."""
    name = word(number)
    texts = {"title": f"Problemas com {name}", "clarify": f"O {name} não funciona como devia"}
    source = {**template["source"], "section": str(number + 100)}
    ids = {"id": situation_id(number), "articles": [f"article_{number:04d}"]}
    return {**template, **texts, **ids, "source": source}


def article_of(template: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the one article of a made-up situation, as its file has it."""
    chance = Random(f"{SEED} {number}")  # noqa: S311 - a sample, not a secret
    questions = [_mixed(question, number, chance) for question in template["questions"]]
    ids = {"id": f"article_{number:04d}", "situations": [situation_id(number)]}
    kept = {"url_status": "unknown", "title": f"Problemas com {word(number)}"}
    return {**ids, **kept, "questions": questions}


def situation_id(number: int) -> str:
    """Return the id of a made-up situation."""
    return f"made_{number:04d}"


def _made(article: Article, number: int) -> Article:
    chance = Random(f"{SEED} {number}")  # noqa: S311 - a sample, not a secret
    questions = tuple(_mixed(question, number, chance) for question in article.questions)
    title = f"{article.title} {word(number)}"
    return replace(article, id=f"{article.id}_{number}", title=title, questions=questions)


def _mixed(text: str, number: int, chance: Random) -> str:
    """Return the words of a text in another order, a few of them new."""
    words: Sequence[str] = text.split()
    kept = [w for w in words if chance.random() > 0.3] or list(words)
    chance.shuffle(kept)
    return " ".join([*kept, word(number), word(chance.randrange(2000))])
