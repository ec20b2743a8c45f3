"""Whether sentences and labels ask for nothing that the assistant does not fill in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from string import Formatter

from assistant.settings import ROOT
from trainer.check.project import Project
from trainer.check.result import Finding, Findings, fail, warn

_DRAWN = frozenset({"before", "after"})
_NO_TEXT = frozenset({"parts", "data"})
_CODE = ("assistant", "actions", "rasa_components")
# A label's values, by its id or by the beginning of it.
_LABELS = {"progress": {"n", "m", "title"}, "path": {"path"}}


def responses(project: Project) -> Findings:
    """Yield responses that are missing, have a brace too many, or name an unknown value."""
    said = values_of_responses(ROOT)
    file = "domain.yml"
    found = project.domain.get("responses") or {}
    if file not in project.files:
        return
    for name in sorted(set(said) - set(found)):
        yield fail("response_lacks", file, f"responses.{name}", name=name)
    anywhere = _names_in_code(ROOT)
    for name, variations in found.items():
        for variation in variations or ():
            text = variation.get("text", "") if isinstance(variation, dict) else ""
            yield from _asked(file, f"responses.{name}", text, said.get(name) or anywhere)
            if lost := _unused(text, said.get(name) or set()):
                yield warn("value_lost", file, f"responses.{name}", names=_listed(lost))


def labels(project: Project) -> Findings:
    """Yield labels that have a brace too many or name an unknown value."""
    file = "knowledge/labels.yml"
    for name, text in (project.files.get(file) or {}).items():
        allowed = _LABELS.get(name, {"value"} if name.startswith("sheet_") else set())
        yield from _asked(file, name, str(text), allowed)


def values_of_responses(root: Path) -> dict[str, set[str]]:
    """Return the values that the code fills into each response; none where they are computed."""
    found: dict[str, set[str]] = {}
    for node in _nodes(root):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("say", "ask"):
            for name, values in _said(node):
                found[name] = found.get(name, set()) | values
    return found


def _names_in_code(root: Path) -> set[str]:
    """Return every name that values are handed over by, for responses where they are computed."""
    keywords = {k.arg for n in _nodes(root) if isinstance(n, ast.Call) for k in n.keywords if k.arg}
    keys = {k for n in _nodes(root) if isinstance(n, ast.Dict) for k in n.keys}
    return keywords | {str(k.value) for k in keys if isinstance(k, ast.Constant)}


@lru_cache(maxsize=1)
def _nodes(root: Path) -> list[ast.AST]:
    paths = [p for folder in _CODE for p in sorted((root / folder).rglob("*.py"))]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    return [node for tree in trees for node in ast.walk(tree)]


def _said(call: ast.Call) -> Iterator[tuple[str, set[str]]]:
    texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
    values = {keyword.arg for keyword in call.keywords if keyword.arg} - _NO_TEXT
    computed = any(keyword.arg is None for keyword in call.keywords)
    for text in texts:
        if isinstance(text, str) and text.startswith("utter_"):
            yield text, set() if computed else values | _DRAWN


def _asked(file: str, place: str, text: str, allowed: set[str]) -> Iterator[Finding]:
    try:
        unknown = _names(text) - allowed - _DRAWN
    except ValueError:
        yield fail("brace", file, place)
        return
    if unknown:
        expected = _listed(allowed - _DRAWN) or "nenhum"
        yield fail("value_unknown", file, place, names=_listed(unknown), expected=expected)


def _unused(text: str, given: set[str]) -> set[str]:
    try:
        return given - _names(text) - _DRAWN
    except ValueError:
        return set()  # told already


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _listed(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
