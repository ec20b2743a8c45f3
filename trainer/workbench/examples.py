"""What a trainer changes of the examples: of situations, replies, small talk, out of scope."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from assistant.text import MAX_CHARACTERS, fold, has_words
from trainer.personal import personal_kinds
from trainer.workbench import ids
from trainer.workbench.change import Edit
from trainer.workbench.draft import Draft
from trainer.workbench.errors import missing, refuse
from trainer.workbench.plain import plain
from trainer.workbench.roundtrip import literal

_APART = ("tests/nlu/heldout/*.yml", "tests/nlu/tuning/*.yml")
_TRAINED = ("data/situations/*.yml", "data/*.yml")
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
    new = [checked(text) for text in texts]
    _unknown(draft, new)
    _write(block, [*phrases(block["examples"]), *new])
    return [Edit("example.add", file, intent, None, text, secret=True) for text in new]


def remove(draft: Draft, intent: str, text: str) -> list[Edit]:
    """Remove an example."""
    file, block = _block(draft, intent)
    found = phrases(block["examples"])
    if text not in found:
        raise missing("example_missing", text=text, intent=intent)
    found.remove(text)
    _write(block, found)
    return [Edit("example.remove", file, intent, text, None, secret=True)]


def replace(draft: Draft, intent: str, old: str, new: str) -> list[Edit]:
    """Put another wording in an example's place."""
    file, block = _block(draft, intent)
    found = phrases(block["examples"])
    if old not in found:
        raise missing("example_missing", text=old, intent=intent)
    text = checked(new)
    if fold(text) != fold(old):
        _unknown(draft, [text])
    found[found.index(old)] = text
    _write(block, found)
    return [Edit("example.replace", file, intent, old, text, secret=True)]


def move(draft: Draft, text: str, old: str, new: str) -> list[Edit]:
    """Move an example to the end of another intent's."""
    if old == new:
        raise refuse("example_same_intent")
    taken = remove(draft, old, text)
    file, block = _block(draft, new)
    _write(block, [*phrases(block["examples"]), text])
    return [*taken, Edit("example.move", file, f"{old} > {new}", None, text, secret=True)]


def add_ambiguous(draft: Draft, text: str, situations: Sequence[str]) -> list[Edit]:
    """Add a message that fits several situations, the likeliest first."""
    first, *others = dict.fromkeys(ids.existing(draft, name) for name in situations) or [""]
    if not others:
        raise refuse("ambiguous_few")
    text = checked(text)
    _unknown(draft, [text])
    blocks = draft.content(ids.AMBIGUOUS)["nlu"]
    block = next((b for b in blocks if b["intent"] == first), None)
    if block is None:
        raise missing("unknown_intent", id=first)
    block["examples"].append(_torn(text, others))
    where = ", ".join([first, *others])
    return [Edit("ambiguous.add", ids.AMBIGUOUS, where, None, text, secret=True)]


def remove_ambiguous(draft: Draft, text: str) -> list[Edit]:
    """Remove a message from data/ambiguous.yml."""
    for block in draft.content(ids.AMBIGUOUS)["nlu"]:
        for at, example in enumerate(block["examples"]):
            if example["text"] == text:
                names = [block["intent"], *plain(example["metadata"]["also"])]
                block["examples"].pop(at)
                where = ", ".join(names)
                return [Edit("ambiguous.remove", ids.AMBIGUOUS, where, text, None, secret=True)]
    raise missing("example_missing", text=text, intent=ids.AMBIGUOUS)


def phrases(examples: Any) -> list[str]:
    """Return the lines of a block of examples without their dashes."""
    lines = (line.strip() for line in str(examples).splitlines())
    return [line[2:].strip() for line in lines if line.startswith("- ")]


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
    for file in (f for pattern in _TRAINED for f in draft.files(pattern)):
        if file != ids.AMBIGUOUS and named.search(draft.text(file) or ""):
            yield file


def _write(block: Any, lines: Iterable[str]) -> None:
    text = "".join(f"- {line}\n" for line in lines)
    block["examples"] = literal(text, block["examples"]) if text else ""


def _unknown(draft: Draft, new: Sequence[str]) -> None:
    """Raise Refused where a phrase is an example already, or set apart for measuring."""
    wanted = {fold(text): text for text in new}
    if len(wanted) < len(new):
        raise refuse("example_twice", text=next(t for t in new if wanted[fold(t)] != t))
    for patterns, key in ((_TRAINED, "example_there"), (_APART, "example_apart")):
        for file in (f for pattern in patterns for f in draft.files(pattern)):
            for intent, line in _lines(draft.text(file) or ""):
                if text := wanted.get(fold(line)):
                    raise refuse(key, text=text, intent=intent, file=file)


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


def _torn(text: str, others: Sequence[str]) -> Any:
    also = CommentedSeq(others)
    also.fa.set_flow_style()
    metadata = CommentedMap({"also": also})
    metadata.fa.set_flow_style()
    return CommentedMap({"text": SingleQuotedScalarString(text), "metadata": metadata})
