"""Writes and takes back the stubs of a situation, by the workbench: whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from assistant.dialogue.turn import FALLBACK, OUT_OF_SCOPE, REPLIES, SMALL_TALK, UNSURE
from assistant.text import fold
from trainer.wording import sentences
from trainer.workbench import Applied, Edit, Missing, Refused, Workbench
from trainer.workbench.articles import appended
from trainer.workbench.draft import Draft
from trainer.workbench.errors import missing
from trainer.workbench.ids import (
    AMBIGUOUS,
    ARTICLES,
    DOMAIN,
    TOPICS,
    ambiguous_file,
    checked_id,
    data_file,
    knowledge_file,
    situation_ids,
)
from trainer.workbench.plain import plain, update

say = sentences(Path(__file__).with_name("wording.yml"))
RESERVED = REPLIES | SMALL_TALK | {OUT_OF_SCOPE, UNSURE, FALLBACK, "choose", "ambiguous"}
APART = ("tests/nlu/heldout", "tests/nlu/tuning")
QUESTIONS = 8
_TEMPLATES = Path(__file__).with_name("templates.yml")


class HasWork(Refused):
    """What would be taken away has been worked on."""


def create(
    bench: Workbench, situation: str, title: str = "", articles: Sequence[str] = (),
    topics: Sequence[str] = (), today: date | None = None,
) -> Applied:  # fmt: skip
    """Write the stubs of a situation everywhere; raise Refused, Missing or OSError.

    Without `articles`, a stub of one is written as well. `topics` are bare words that ask for it.
    """
    values = {"title": title, "articles": list(articles), "topics": list(topics)}
    day = (today or date.today()).isoformat()
    return bench.apply(lambda draft: _create(draft, situation, values, day), {})


def remove(bench: Workbench, situation: str, force: bool = False) -> Applied:
    """Take a situation out of every place; raise Refused where it holds work, unless `force`."""
    return bench.apply(lambda draft: _remove(draft, situation, force), {})


def _create(draft: Draft, situation: str, values: dict[str, Any], day: str) -> list[Edit]:
    _free(draft, checked_id(situation))
    _put_articles(draft, situation, values["articles"])
    _put_topics(draft, situation, values["topics"])
    _put_intent(draft, situation)
    _put_knowledge(draft, situation, values, day)
    draft.put(data_file(situation), _template("data", id=situation))
    for folder in APART:
        draft.put(f"{folder}/{situation}.yml", _template("apart", id=situation))
    return [Edit("situation.create", knowledge_file(situation), situation, None, situation)]


def _free(draft: Draft, situation: str) -> None:
    if situation in RESERVED:
        raise Refused(say("reserved", id=situation))
    files = [knowledge_file(situation), data_file(situation), ambiguous_file(situation)]
    files += [f"{folder}/{situation}.yml" for folder in APART]
    where = next((file for file in files if draft.text(file) is not None), "")
    if not where and situation in draft.content(DOMAIN)["intents"]:
        where = DOMAIN
    if where:
        raise Refused(say("exists", id=situation, where=where))


def _put_knowledge(draft: Draft, situation: str, values: dict[str, Any], day: str) -> None:
    sections = [
        int(draft.values(knowledge_file(one))["source"]["section"]) for one in situation_ids(draft)
    ]
    title = json.dumps(values["title"] or _template("title"), ensure_ascii=False)
    text = _template(
        "knowledge", id=situation, title=title,
        section=max(sections, default=0) + 1, today=day,
        articles=", ".join(values["articles"] or [_own_article(situation)]),
    )  # fmt: skip
    draft.put(knowledge_file(situation), text)


def _put_articles(draft: Draft, situation: str, articles: Sequence[str]) -> None:
    if not articles:
        article = {
            "id": _own_article(situation), "title": _template("article_title"),
            "url_status": "unknown", "situations": [situation],
            "questions": [_template("question", n=n) for n in range(1, QUESTIONS + 1)],
        }  # fmt: skip
        draft.put(ARTICLES, appended(draft.text(ARTICLES) or "", article))
        return
    known = {found["id"]: found for found in draft.content(ARTICLES)}
    for article_id in articles:
        if article_id not in known:
            raise missing("unknown_article", id=article_id)
        found = known[article_id]
        update(found, "situations", [*plain(found["situations"]), situation])


def _put_topics(draft: Draft, situation: str, words: Sequence[str]) -> None:
    known = {fold(word) for topic in draft.values(TOPICS)["topics"] for word in topic["words"]}
    for word in words:
        if not fold(word) or fold(word) != word:
            raise Refused(say("topic_bad", word=word))
        if word in known:
            raise Refused(say("topic_exists", word=word))
    if words:
        block = _templates()["topic"].format(words=", ".join(words), id=situation)
        draft.put(TOPICS, f"{(draft.text(TOPICS) or '').rstrip()}\n{block}")


def _put_intent(draft: Draft, situation: str) -> None:
    """Put the intent behind the other situations'; the comment behind the last one stays there."""
    intents = draft.content(DOMAIN)["intents"]
    last = max((intents.index(one) for one in situation_ids(draft) if one in intents), default=0)
    intents.insert(last, intents[last])
    intents[last + 1] = situation


def _remove(draft: Draft, situation: str, force: bool) -> list[Edit]:
    checked_id(situation)
    intents = draft.content(DOMAIN)["intents"]
    files = [knowledge_file(situation), data_file(situation)]
    files += [f"{folder}/{situation}.yml" for folder in APART]
    there = [file for file in files if draft.text(file) is not None]
    if not there and situation not in intents:
        raise Missing(say("not_there", id=situation))
    if not force:
        _without_work(draft, situation)
    if situation in intents:
        _take_intent(intents, situation)
    _take_articles(draft, situation)
    _take_topics(draft, situation)
    for file in there:
        draft.put(file, None)
    _named_nowhere(draft, situation)
    return [Edit("situation.remove", knowledge_file(situation), situation, situation, None)]


def _without_work(draft: Draft, situation: str) -> None:
    """Raise Refused where examples, or knowledge that is filled in, would be lost."""
    knowledge = draft.text(knowledge_file(situation)) or "PREENCHA"
    examples = re.findall(
        r"^ +- (?!intent|rule|action)", draft.text(data_file(situation)) or "", re.M
    )
    if examples or "PREENCHA" not in knowledge:
        file = data_file(situation) if examples else knowledge_file(situation)
        raise HasWork(say("not_empty", id=situation, what=file))


def _take_intent(intents: Any, situation: str) -> None:
    """Take the intent away, and leave the comment behind it to the one before."""
    at = intents.index(situation)
    comment = intents.ca.items.get(at)
    intents.pop(at)
    if comment and at:
        intents.ca.items[at - 1] = comment


def _take_articles(draft: Draft, situation: str) -> None:
    """An article that serves no other situation goes as well."""
    if situation not in (draft.text(ARTICLES) or ""):
        return
    articles = draft.content(ARTICLES)
    for at in range(len(articles) - 1, -1, -1):
        names = plain(articles[at]["situations"])
        if names == [situation]:
            articles.pop(at)
        elif situation in names:
            update(articles[at], "situations", [name for name in names if name != situation])
        if at < len(articles) and articles[at].get("opens") == situation:
            articles[at].pop("opens")


def _take_topics(draft: Draft, situation: str) -> None:
    if situation not in (draft.text(TOPICS) or ""):
        return
    topics = draft.content(TOPICS)["topics"]
    for at in range(len(topics) - 1, -1, -1):
        names = plain(topics[at]["situations"])
        if names == [situation]:
            topics.pop(at)
        elif situation in names:
            update(topics[at], "situations", [name for name in names if name != situation])


def _named_nowhere(draft: Draft, situation: str) -> None:
    """Raise Refused where shared files still have phrases of it: those a person must judge.

    Those of its own file in data/ambiguous fit other situations as well, so they count too.
    """
    for file in (f for d in (AMBIGUOUS, "data", *APART, "tests/nlu")
                 for f in draft.files(f"{d}/*.yml")):  # fmt: skip
        for line, text in enumerate((draft.text(file) or "").splitlines(), 1):
            if re.search(rf"\b{situation}\b", text) and not text.lstrip().startswith("- {"):
                shown = text.strip()[:60]
                raise Refused(say("still_named", id=situation, file=file, line=line, shown=shown))


def _own_article(situation: str) -> str:
    return f"{situation}_artigo"


def _templates() -> dict[str, str]:
    return dict(yaml.safe_load(_TEMPLATES.read_text(encoding="utf-8")))


def _template(key: str, **values: Any) -> str:
    return _templates()[key].format(**values)


def written(applied: Applied) -> Iterator[str]:
    """Yield the files that were written."""
    yield from sorted(write.file for write in applied.writes)
