"""What a trainer changes of a situation: its texts, its checks and their order, its articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap

from trainer.workbench import ids
from trainer.workbench.change import Edit
from trainer.workbench.draft import Draft
from trainer.workbench.errors import missing, refuse
from trainer.workbench.plain import plain, update, written

FIELDS = ("title", "module", "performer", "clarify", "summary")
CHECK_FIELDS = (
    "id", "kind", "title", "performer", "menu", "text", "why", "names", "question", "answers",
    "ask_admin", "tried",
)  # fmt: skip


def set_field(draft: Draft, situation: str, field: str, value: str) -> list[Edit]:
    """Change one of FIELDS."""
    content, file = _open(draft, situation)
    if field not in FIELDS:
        raise refuse("unknown_field", field=field, fields=", ".join(FIELDS))
    if not value.strip():
        raise refuse("empty_field", field=field)
    edit = Edit("situation.field", file, field, plain(content[field]), value.strip())
    update(content, field, value.strip())
    return [edit]


def set_fields(draft: Draft, situation: str, fields: Mapping[str, str]) -> list[Edit]:
    """Change some of FIELDS."""
    return [edit for name, value in fields.items()
            for edit in set_field(draft, situation, name, value)]  # fmt: skip


def set_check(
    draft: Draft, situation: str, check: str, fields: Mapping[str, Any]
) -> list[Edit]:  # fmt: skip
    """Change some of CHECK_FIELDS of a check; None takes a field away."""
    content, file = _open(draft, situation)
    found = content["checks"][_place(content, situation, check)]
    edits = []
    for field, value in _known(fields).items():
        before = plain(found.get(field))
        _put(found, field, _stripped(value))
        if plain(found.get(field)) != before:
            where = f"checks.{check}.{field}"
            edits.append(Edit("check.field", file, where, before, plain(found.get(field))))
    return edits


def add_check(
    draft: Draft, situation: str, fields: Mapping[str, Any], place: int | None = None
) -> list[Edit]:
    """Add a check at a place from 1 on, or as the last."""
    content, file = _open(draft, situation)
    new = {key: _stripped(value) for key, value in _known(fields).items() if value is not None}
    check = ids.checked_id(str(new.get("id", "")))
    checks = content["checks"]
    if any(c["id"] == check for c in checks):
        raise refuse("check_exists", situation=situation, id=check)
    at = len(checks) if place is None else _checked_place(place, len(checks) + 1)
    ordered = {key: new[key] for key in CHECK_FIELDS if key in new}
    checks.insert(at, written(ordered))
    return [Edit("check.add", file, f"checks.{check}", None, ordered)]


def remove_check(draft: Draft, situation: str, check: str) -> list[Edit]:
    """Remove a check that no answer leads to."""
    content, file = _open(draft, situation)
    checks = content["checks"]
    at = _place(content, situation, check)
    if len(checks) == 1:
        raise refuse("last_check", situation=situation)
    for other in checks:
        for answer in other.get("answers") or ():
            if plain(answer["then"]) == {"check": check} and other["id"] != check:
                raise refuse("led_to", situation=situation, label=answer["label"],
                             check=other["id"], id=check)  # fmt: skip
    before = plain(checks.pop(at))
    return [Edit("check.remove", file, f"checks.{check}", before, None)]


def move_check(draft: Draft, situation: str, check: str, place: int) -> list[Edit]:
    """Put a check at a place from 1 on."""
    content, file = _open(draft, situation)
    checks = content["checks"]
    before = [str(c["id"]) for c in checks]
    to = _checked_place(place, len(checks))
    checks.insert(to, checks.pop(_place(content, situation, check)))
    after = [str(c["id"]) for c in checks]
    return [] if before == after else [Edit("check.move", file, "checks", before, after)]


def set_articles(draft: Draft, situation: str, articles: Sequence[str]) -> list[Edit]:
    """Say which articles a situation offers, in order; articles.yml follows."""
    content, file = _open(draft, situation)
    before = plain(content["articles"])
    known = {a["id"]: a for a in draft.content(ids.ARTICLES)}
    for article in articles:
        if article not in known:
            raise missing("unknown_article", id=article)
    if before == list(articles):
        return []
    update(content, "articles", list(dict.fromkeys(articles)))
    edits = [Edit("situation.articles", file, "articles", before, plain(content["articles"]))]
    for article in dict.fromkeys([*before, *articles]):
        edits += _linked(known.get(article), situation, article in articles)
    return edits


def _linked(article: Any, situation: str, wanted: bool) -> list[Edit]:
    """Note in an article whether a situation offers it."""
    if article is None or (situation in article["situations"]) == wanted:
        return []
    before = plain(article["situations"])
    after = [*before, situation] if wanted else [name for name in before if name != situation]
    if not after:
        raise refuse("article_alone", id=article["id"], situation=situation)
    update(article, "situations", after)
    where = f"{article['id']}.situations"
    return [Edit("article.field", ids.ARTICLES, where, before, after)]


def _open(draft: Draft, situation: str) -> tuple[Any, str]:
    file = ids.knowledge_file(ids.existing(draft, situation))
    return draft.content(file), file


def _place(content: Any, situation: str, check: str) -> int:
    names = [c["id"] for c in content["checks"]]
    if check not in names:
        raise missing("unknown_check", situation=situation, id=check)
    return names.index(check)


def _checked_place(place: int, most: int) -> int:
    if not 1 <= place <= most:
        raise refuse("bad_place", place=place, most=most)
    return place - 1


def _known(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    for field in fields:
        if field not in CHECK_FIELDS:
            raise refuse("unknown_field", field=field, fields=", ".join(CHECK_FIELDS))
    return fields


def _stripped(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (list, tuple)):
        return [one for one in map(_stripped, value) if one]
    return {k: _stripped(v) for k, v in value.items()} if isinstance(value, dict) else value


def _put(check: CommentedMap, field: str, value: Any) -> None:
    """Set a field; a new one stands where CHECK_FIELDS has it."""
    if field in check or value in (None, "", []):
        # An empty list that is there stays: branches have `names: []`.
        update(check, field, value if value == [] and field in check else value or None)
        return
    before = CHECK_FIELDS[: CHECK_FIELDS.index(field)]
    check.insert(sum(key in before for key in check), field, written(value, key=field))
