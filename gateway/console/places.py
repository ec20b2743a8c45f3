"""On which page of the console something in a file is changed."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SITUATION = re.compile(r"(?:knowledge|data)/situations/([a-z][a-z0-9_]*)\.yml")
_APART = re.compile(r"tests/nlu/(?:heldout|tuning)/([a-z][a-z0-9_]*)\.yml")
_ID = re.compile(r"[a-z][a-z0-9_]*")
_CHECK = re.compile(r"checks?[.\[ ]+['\"]?([a-z][a-z0-9_]*)")
_LACKS = re.compile(r"falta ([a-z][a-z0-9_]*)")
_ITEM = re.compile(r"(?:  )?- id: ([a-z0-9][a-z0-9_]*)")
# Files with the phrases of many intents.
_SHARED = frozenset(["situations", "replies", "small_talk", "out_of_scope", "out_of_scope_far",
                     "out_of_scope_near"])  # fmt: skip
_TALK = ("data/guide_replies.yml", "data/small_talk.yml", "data/out_of_scope.yml")
SITUATIONS = "/treinador/situacoes"


def place_of(file: str, place: str = "", text: str = "", item: str = "") -> str:
    """Return the address of that page, "" where the console does not change the file.

    `item` is the id of the check or article that is meant, where that is known.
    """
    if found := _SITUATION.fullmatch(file):
        return _of_situation(found[1], file, place, item)
    if file == "knowledge/articles.yml":
        id = item or _first(_ID, place)
        return f"/treinador/artigos/{id}" if id else "/treinador/artigos"
    if file in _TALK and _ID.fullmatch(place):
        return f"/treinador/frases/{place}"
    if file.startswith("tests/nlu/"):
        return _of_apart(file, place, text)
    return SITUATIONS if file.startswith("data/situations/") else ""


def item_at(lines: Sequence[str], line: int) -> str:
    """Return the id of the check or article that a line of a file belongs to."""
    for text in reversed(lines[: max(line, 0)]):
        if found := _ITEM.match(text):
            return found[1]
    return ""


def situation_of(file: str, place: str = "") -> str:
    """Return the id of the situation that a file, or a place in one, belongs to; "" for none."""
    stem = _first(_SITUATION, file) or _first(_APART, file)
    if stem and stem not in _SHARED:
        return stem
    return place if file.startswith("tests/nlu/") and _ID.fullmatch(place) else ""


def _of_situation(id: str, file: str, place: str, item: str) -> str:
    if file.startswith("data/"):
        return f"{SITUATIONS}/{id}#exemplos"
    check = item or _first(_CHECK, place)
    return f"{SITUATIONS}/{id}/verificacoes/{check}" if check else f"{SITUATIONS}/{id}"


def _of_apart(file: str, place: str, text: str) -> str:
    stem = _first(_APART, file)
    id = stem if stem and stem not in _SHARED else _first(_LACKS, text) or place
    return f"{SITUATIONS}/{id}#medicao" if _ID.fullmatch(id) else SITUATIONS


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return found[found.re.groups] if found else ""
