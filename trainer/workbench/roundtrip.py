"""YAML in and out by ruamel.yaml: comments, order, quotes and line breaks stay as they were."""

from __future__ import annotations

import io
import re
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    FoldedScalarString,
    LiteralScalarString,
    ScalarString,
    SingleQuotedScalarString,
)

from trainer.workbench.errors import refuse

# Longer texts are folded over several lines, as the files have them.
ONE_LINE = 100
FOLDED = 110
_BLOCK = (FoldedScalarString, LiteralScalarString)
# "key:" and below it, no deeper, "- ": lists that are not indented.
_FLAT = re.compile(r"^( *)[^\s#-][^\n]*:\n\1- ", re.M)
_SENTENCE_END = re.compile(r"(?<=[.!?…:]) ")


def parse(text: str, file: str) -> Any:
    """Return the content of a YAML text; raise Refused with the line where it is none."""
    try:
        return _yaml(text).load(text.replace("\r\n", "\n"))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise refuse("unreadable", file=file, line=mark.line + 1 if mark else "?") from None


def read_values(text: str, file: str) -> Any:
    """Return a YAML text's plain values, every scalar as text: much quicker than `parse`."""
    try:
        return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise refuse("unreadable", file=file, line=mark.line + 1 if mark else "?") from None


def render(content: Any, like: str) -> str:
    """Return the YAML of `content`, indented and ended as the text `like` is."""
    out = io.StringIO()
    _yaml(like).dump(content, out)
    text = out.getvalue()
    if isinstance(content, list) and not _is_flat(like):
        text = re.sub(r"^  ", "", text, flags=re.M)  # ruamel indents the outermost list as well
    ending = like[len(like.rstrip("\r\n")) :].replace("\r", "")
    text = text.rstrip("\n") + ending
    return text.replace("\n", "\r\n") if "\r\n" in like else text


def changed_line(text: str, file: str) -> int:
    """Return the first line (from 1) that reading and writing alone would change, or 0."""
    written = render(parse(text, file), text)
    if written == text:
        return 0
    pairs = zip(text.splitlines(), written.splitlines(), strict=False)
    return next((n for n, (a, b) in enumerate(pairs, 1) if a != b), text.count("\n") + 1)


def scalar(text: str, before: Any = None, folded: bool = False) -> str:
    """Return `text` in the style of the value it replaces; `folded` or where it is long, so."""
    text = text.strip()
    if "\n" in text:
        return _with_comment(LiteralScalarString(text), before)
    if folded or isinstance(before, FoldedScalarString) or len(text) > ONE_LINE:
        return _with_comment(_folded(text), before)
    if isinstance(before, ScalarString) and not isinstance(before, _BLOCK):
        return type(before)(text)
    if _is_plain(text):
        return text
    return SingleQuotedScalarString(text) if '"' in text else DoubleQuotedScalarString(text)


def literal(text: str, before: Any = None) -> str:
    """Return a block of lines (`|`); what stood behind the old one as a comment stays."""
    return _with_comment(LiteralScalarString(text), before)


def _yaml(like: str) -> YAML:
    editor: Any = YAML()
    editor.preserve_quotes = True
    editor.width = 1_000_000  # lines are broken where they were, nowhere else
    flat = _is_flat(like)
    editor.indent(mapping=2, sequence=2 if flat else 4, offset=0 if flat else 2)
    return editor


def _is_flat(text: str) -> bool:
    return bool(_FLAT.search(text.replace("\r\n", "\n")))


def _folded(text: str) -> FoldedScalarString:
    """A line for each sentence, and more where one is too long."""
    folded = FoldedScalarString(text)
    ends = {match.start() for match in _SENTENCE_END.finditer(text)}
    start, last, breaks = 0, -1, []
    for at, letter in enumerate(text):
        if letter != " ":
            continue
        if at - start > FOLDED and last > start:
            breaks.append(last)
            start = last + 1
        last = at
        if at in ends:
            breaks.append(at)
            start = at + 1
    folded.fold_pos = breaks  # type: ignore[attr-defined]
    return folded


def _with_comment(new: Any, before: Any) -> Any:
    if hasattr(before, "comment"):
        new.comment = before.comment
    return new


def _is_plain(text: str) -> bool:
    """Whether PyYAML, which reads the files, takes the bare text for the same text."""
    try:
        return bool(yaml.safe_load(f"- {text}") == [text])
    except yaml.YAMLError:
        return False
