"""What a trainer changes of the messages that fit several situations: a file for each first one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from trainer.workbench import examples, ids
from trainer.workbench.change import Edit
from trainer.workbench.draft import Draft
from trainer.workbench.errors import missing, refuse
from trainer.workbench.plain import plain
from trainer.workbench.roundtrip import parse, render

_FILES = f"{ids.AMBIGUOUS}/*.yml"
# A file's beginning, as every one of the folder has it.
_NEW = """\
# What an expert could not place without asking: the intent is the likeliest situation, `also`
# names the others.
version: "3.1"

nlu:
  - intent: {id}
    examples: []
"""


def messages(draft: Draft) -> list[tuple[str, str, list[str]]]:
    """Return each message's file, its text, and its situations."""
    return [
        (file, str(one["text"]), [str(block["intent"]), *map(str, one["metadata"]["also"])])
        for file in draft.files(_FILES)
        for block in draft.values(file).get("nlu") or ()
        for one in block["examples"]
    ]


def file_of(draft: Draft, text: str) -> str:
    """Return the file that a message stands in; raise Missing. It parses nothing to be edited."""
    for file, found, _ in messages(draft):
        if found == text:
            return file
    raise missing("example_missing", text=text, intent=ids.AMBIGUOUS)


def share(draft: Draft, intent: str, text: str, other: str) -> list[Edit]:
    """Make an example of one situation a message that fits another as well."""
    first, second = (ids.existing(draft, name) for name in (intent, other))
    if first == second:
        raise refuse("example_same_intent", intent=intent)
    gone = examples.remove(draft, first, text)
    file = ids.ambiguous_file(first)
    _add(draft, file, first, _message(text, [second]))
    where = f"{first}, {second}"
    return [*gone, Edit("ambiguous.add", file, where, None, text, secret=True)]


def remove(draft: Draft, text: str) -> list[Edit]:
    """Remove a message, and with a file's last one the file."""
    file = file_of(draft, text)
    blocks = draft.content(file)["nlu"]
    for block in blocks:
        for at, example in enumerate(block["examples"]):
            if str(example["text"]) == text:
                where = ", ".join([block["intent"], *plain(example["metadata"]["also"])])
                block["examples"].pop(at)
                _without_empty(draft, file, blocks)
                return [Edit("ambiguous.remove", file, where, text, None, secret=True)]
    raise missing("example_missing", text=text, intent=file)


def _add(draft: Draft, file: str, situation: str, message: Any) -> None:
    if draft.text(file) is None:
        content = parse(_NEW.format(id=situation), file)
        content["nlu"][0]["examples"] = CommentedSeq([message])
        draft.put(file, render(content, _NEW))
        return
    for block in draft.content(file).get("nlu") or ():
        if block.get("intent") == situation:
            block["examples"].append(message)
            return
    raise missing("unknown_intent", id=situation)


def _without_empty(draft: Draft, file: str, blocks: Any) -> None:
    for block in [block for block in blocks if not block["examples"]]:
        blocks.remove(block)
    if not blocks:
        draft.put(file, None)


def _message(text: str, others: Sequence[str]) -> Any:
    also = CommentedSeq(others)
    also.fa.set_flow_style()
    metadata = CommentedMap({"also": also})
    metadata.fa.set_flow_style()
    return CommentedMap({"text": SingleQuotedScalarString(text), "metadata": metadata})
