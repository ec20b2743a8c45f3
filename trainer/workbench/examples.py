"""What a trainer changes of the examples: of situations, replies, small talk, out of scope."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assistant.text import MAX_CHARACTERS, fold, has_words
from trainer.personal import personal_kinds
from trainer.workbench import ids
from trainer.workbench.change import Edit
from trainer.workbench.draft import Draft
from trainer.workbench.errors import Refused, missing, refuse, say
from trainer.workbench.roundtrip import literal

_OWN = ("data/situations/*.yml", "data/*.yml")
# Where a phrase may stand already, each with the sentence that says so.
_PLACES = {
    **dict.fromkeys(_OWN, "example_there"),
    f"{ids.AMBIGUOUS}/*.yml": "example_shared",
    "tests/nlu/heldout/*.yml": "example_heldout",
    "tests/nlu/tuning/*.yml": "example_tuning",
}
# "[texto](entidade)" and "[texto]{...}" mark an entity for Rasa.
_MARKUP = re.compile(r"\[[^\]]*\][({]")


def examples_of(draft: Draft, intent: str) -> tuple[str, list[str]]:
    """Return the file with an intent's examples, and the examples; raise Missing."""
    for file in _files(draft, intent):
        for block in draft.values(file).get("nlu") or ():
            if block.get("intent") == intent:
                return file, phrases(block["examples"])
    raise missing("unknown_intent", id=intent)


def add(draft: Draft, intent: str, texts: Sequence[str]) -> list[Edit]:
    """Add examples at the end; refuse all of them where one cannot be one."""
    file, block = _block(draft, intent)
    new = all_checked(texts)
    unknown(draft, new)
    write(block, [*phrases(block["examples"]), *new])
    return [Edit("example.add", file, intent, None, text, secret=True) for text in new]


def remove(draft: Draft, intent: str, text: str) -> list[Edit]:
    """Remove an example."""
    file, block = _block(draft, intent)
    found = phrases(block["examples"])
    if text not in found:
        raise missing("example_missing", text=text, intent=intent)
    found.remove(text)
    write(block, found)
    return [Edit("example.remove", file, intent, text, None, secret=True)]


def replace(draft: Draft, intent: str, old: str, new: str) -> list[Edit]:
    """Put another wording in an example's place."""
    file, block = _block(draft, intent)
    found = phrases(block["examples"])
    if old not in found:
        raise missing("example_missing", text=old, intent=intent)
    text = checked(new)
    if fold(text) != fold(old):
        unknown(draft, [text])
    found[found.index(old)] = text
    write(block, found)
    return [Edit("example.replace", file, intent, old, text, secret=True)]


def move(draft: Draft, text: str, old: str, new: str) -> list[Edit]:
    """Move an example to the end of another intent's."""
    if old == new:
        raise refuse("example_same_intent", intent=new)
    taken = remove(draft, old, text)
    file, block = _block(draft, new)
    write(block, [*phrases(block["examples"]), text])
    return [*taken, Edit("example.move", file, f"{old} > {new}", None, text, secret=True)]


def phrases(examples: Any) -> list[str]:
    """Return the lines of a block of examples without their dashes."""
    lines = (line.strip() for line in str(examples).splitlines())
    return [line[2:].strip() for line in lines if line.startswith("- ")]


def all_checked(texts: Sequence[str]) -> list[str]:
    """Return examples as they are written; raise Refused with every fault of every one."""
    found, faults = [], []
    for text in texts:
        try:
            found.append(checked(text))
        except Refused as error:
            faults += error.faults
    if faults:
        raise Refused(*faults)
    return found


def sifted(draft: Draft, texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the phrases that stand nowhere yet, each once, and why each other one does not go."""
    first: dict[str, str] = {}
    twice: list[str] = []
    for text in texts:
        if (key := fold(text)) in first:
            twice.append(say("example_twice", text=text))
        first.setdefault(key, text)
    there: dict[str, str] = {}
    for key, where in _there(draft, first):
        there.setdefault(key, where)
    new = [text for key, text in first.items() if key not in there]
    return new, [*(there[key] for key in first if key in there), *twice]


def checked(text: str) -> str:
    """Return an example as it is written; raise Refused where it can be none."""
    text = text.strip().removeprefix("- ").strip()
    if not text:
        raise refuse("example_empty")
    if not has_words(text):
        raise refuse("example_no_words", text=text)
    if len(text) > MAX_CHARACTERS:
        raise refuse("example_long", length=len(text), most=MAX_CHARACTERS)
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text):
        raise refuse("example_lines", text=" ".join(text.split()))
    if _MARKUP.search(text):
        raise refuse("example_brackets", text=text)
    if kinds := personal_kinds(text):
        raise refuse("example_personal", text=text, kind=", ".join(kinds))
    return text


def _block(draft: Draft, intent: str) -> tuple[str, Any]:
    for file in _files(draft, intent):
        for block in draft.content(file).get("nlu") or ():
            if block.get("intent") == intent:
                return file, block
    raise missing("unknown_intent", id=intent)


def _files(draft: Draft, intent: str) -> Iterator[str]:
    """Yield the files that may hold an intent's examples, judged by their text alone."""
    named = re.compile(rf"\bintent: {re.escape(intent)}\r?$", re.M)
    for file in (f for pattern in _OWN for f in draft.files(pattern)):
        if named.search(draft.text(file) or ""):
            yield file


def write(block: Any, lines: Iterable[str]) -> None:
    """Give a block of examples its lines."""
    text = "".join(f"- {line}\n" for line in lines)
    block["examples"] = literal(text, block["examples"]) if text else ""


def unknown(draft: Draft, new: Sequence[str]) -> None:
    """Raise Refused with every phrase that is an example already, or set apart for measuring."""
    wanted = {fold(text): text for text in new}
    if len(wanted) < len(new):
        raise refuse("example_twice", text=next(t for t in new if wanted[fold(t)] != t))
    if faults := [fault for _, fault in _there(draft, wanted)]:
        raise Refused(*dict.fromkeys(faults))


def _there(draft: Draft, wanted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the key of each wanted phrase that stands somewhere, and where, in a sentence."""
    for file, key in ((f, key) for pattern, key in _PLACES.items() for f in draft.files(pattern)):
        for intent, line in _lines(draft.text(file) or ""):
            if text := wanted.get(folded := fold(line)):
                yield folded, say(key, text=text, intent=intent)


def _lines(text: str) -> Iterable[tuple[str, str]]:
    """Yield (intent, phrase) of an NLU file, line by line: parsing takes seconds."""
    intent = ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("- intent: "):
            intent = line.removeprefix("- intent: ")
        elif line.startswith("- text: "):
            yield intent, line.removeprefix("- text: ")
        elif line.startswith("- "):
            yield intent, line[2:]
