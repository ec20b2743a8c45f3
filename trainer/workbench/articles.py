"""What a trainer changes of the wiki articles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap

from trainer.workbench import ids
from trainer.workbench.change import Edit
from trainer.workbench.draft import Draft
from trainer.workbench.errors import missing, refuse
from trainer.workbench.plain import plain, update, written
from trainer.workbench.roundtrip import render

FIELDS = ("title", "wiki_title", "url", "questions", "error_texts", "opens")
_ORDER = ("id", "title", "wiki_title", "url", "url_status", "situations", "opens", "error_texts",
          "questions")  # fmt: skip


def set_article(draft: Draft, article: str, fields: Mapping[str, Any]) -> list[Edit]:
    """Change some of FIELDS; None takes a field away. `url_status` follows `url`."""
    found = _find(draft, article)
    edits = []
    for field, value in fields.items():
        if field not in FIELDS:
            raise refuse("unknown_field", field=field, fields=", ".join(FIELDS))
        edits += _set(found, field, value.strip() or None if isinstance(value, str) else value)
        if field == "url" and edits:
            edits += _set(found, "url_status", "found" if found.get("url") else "unknown")
    return edits


def add_article(
    draft: Draft, article: str, situation: str, fields: Mapping[str, Any]
) -> list[Edit]:  # fmt: skip
    """Add an article at the end, and to the articles of a situation."""
    ids.checked_id(article)
    if article in _all(draft):
        raise refuse("article_exists", id=article)
    status = "found" if fields.get("url") else "unknown"
    made = {"id": article, "url_status": status, "situations": [situation], **fields}
    draft.put(ids.ARTICLES, appended(draft.text(ids.ARTICLES) or "", made))
    file = ids.knowledge_file(ids.existing(draft, situation))
    content = draft.content(file)
    before = plain(content["articles"])
    update(content, "articles", [*before, article])
    return [
        Edit("article.add", ids.ARTICLES, article, None, made),
        Edit("situation.articles", file, "articles", before, [*before, article]),
    ]


def remove_article(draft: Draft, article: str) -> list[Edit]:
    """Remove an article that is the last of no situation and that no answer leads to."""
    before = plain(_find(draft, article))
    uses = _uses(draft, article)
    if uses:
        raise refuse("article_in_use", id=article, where=", ".join(uses))
    articles = draft.content(ids.ARTICLES)
    articles.pop(next(i for i, a in enumerate(articles) if a["id"] == article))
    edits = [Edit("article.remove", ids.ARTICLES, article, before, None)]
    for situation in before["situations"]:
        file = ids.knowledge_file(situation)
        content = draft.content(file)
        names = plain(content["articles"])
        left = [name for name in names if name != article]
        update(content, "articles", left)
        edits.append(Edit("situation.articles", file, "articles", names, left))
    return edits


def appended(text: str, article: Mapping[str, Any]) -> str:
    """Return the text of articles.yml with one more article at its end."""
    ordered = {key: article[key] for key in _ORDER if article.get(key)}
    block = render([written(ordered)], text)
    return f"{text.rstrip()}\n\n{block}" if text.strip() else block


def _find(draft: Draft, article: str) -> CommentedMap:
    for found in draft.content(ids.ARTICLES):
        if found["id"] == article:
            return found
    raise missing("unknown_article", id=article)


def _all(draft: Draft) -> list[str]:
    return [str(found["id"]) for found in draft.content(ids.ARTICLES)]


def _set(found: CommentedMap, field: str, value: Any) -> list[Edit]:
    before = plain(found.get(field))
    if field in found or value is None:
        update(found, field, value)
    else:
        earlier = _ORDER[: _ORDER.index(field)]
        found.insert(sum(key in earlier for key in found), field, written(value, key=field))
    if plain(found.get(field)) == before:
        return []
    where = f"{found['id']}.{field}"
    return [Edit("article.field", ids.ARTICLES, where, before, plain(found.get(field)))]


def _uses(draft: Draft, article: str) -> list[str]:
    """Return the situations that cannot do without an article."""
    found = []
    for situation in ids.situation_ids(draft):
        content = draft.content(ids.knowledge_file(situation))
        answers = [a for c in content["checks"] for a in c.get("answers") or ()]
        led_to = any(plain(a["then"]) == {"article": article} for a in answers)
        if led_to or plain(content["articles"]) == [article]:
            found.append(situation)
    return found
