"""Ids of situations, checks and articles, and what each file of a situation is called."""

from __future__ import annotations

import re

from trainer.workbench.draft import Draft
from trainer.workbench.errors import missing, refuse

MOST_LETTERS = 40
_ID = re.compile(r"[a-z][a-z0-9_]*")
DOMAIN, LABELS = "domain.yml", "knowledge/labels.yml"
ARTICLES, TOPICS = "knowledge/articles.yml", "knowledge/topics.yml"
AMBIGUOUS = "data/ambiguous"


def checked_id(value: str) -> str:
    """Return an id that is well formed; raise Refused otherwise."""
    if not _ID.fullmatch(value) or len(value) > MOST_LETTERS:
        raise refuse("bad_id", id=value, most=MOST_LETTERS)
    return value


def knowledge_file(situation: str) -> str:
    """Return the file with a situation's checks."""
    return f"knowledge/situations/{checked_id(situation)}.yml"


def data_file(situation: str) -> str:
    """Return the file with a situation's examples."""
    return f"data/situations/{checked_id(situation)}.yml"


def ambiguous_file(situation: str) -> str:
    """Return the file with the messages that fit a situation best, and others as well."""
    return f"{AMBIGUOUS}/{checked_id(situation)}.yml"


def situation_ids(draft: Draft) -> list[str]:
    """Return the ids of the situations, in the order of the files' names."""
    files = draft.files("knowledge/situations/*.yml")
    return [file.rsplit("/", 1)[1].removesuffix(".yml") for file in files]


def existing(draft: Draft, situation: str) -> str:
    """Return a situation's id; raise Missing where there is none of it."""
    if draft.text(knowledge_file(situation)) is None:
        raise missing("unknown_situation", id=situation)
    return situation
