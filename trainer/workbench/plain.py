"""Between ruamel's values, which remember how they were written, and plain ones."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from trainer.workbench.roundtrip import scalar

# Written on one line, in brackets, as the files have them.
_FLOW = frozenset(
    ["menu", "names", "tried", "articles", "situations", "replies", "phrases", "error_texts"]
)
# Written below their key, a line for each sentence.
_FOLDED = frozenset({"text", "why", "ask_admin"})


def plain(value: Any) -> Any:
    """Return dicts, lists, strings and numbers without ruamel's marks."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return str(value) if isinstance(value, str) else value


def written(value: Any, before: Any = None, key: str = "") -> Any:
    """Return `value` as ruamel writes it, in the style of `before` where there was something."""
    if before is not None and plain(before) == value:
        return before
    if isinstance(value, str):
        return scalar(value, before, folded=key in _FOLDED)
    if isinstance(value, dict):
        return _mapping(value, before if isinstance(before, dict) else {}, key)
    if isinstance(value, (list, tuple)):
        return _sequence(value, before, key)
    return value


def update(mapping: Any, key: str, value: Any) -> None:
    """Set or, with None, remove a key; an equal value keeps every mark of the one it has."""
    before = mapping.get(key)
    if value is None:
        mapping.pop(key, None)
    elif plain(before) != value:
        mapping[key] = written(value, before, key)


def _mapping(value: dict[str, Any], before: Any, key: str) -> CommentedMap:
    made = CommentedMap()
    for name, one in value.items():
        made[name] = written(one, before.get(name), name)
    if key == "then" or (isinstance(before, CommentedMap) and before.fa.flow_style()):
        made.fa.set_flow_style()
    return made


def _sequence(value: Any, before: Any, key: str) -> CommentedSeq:
    old = before if isinstance(before, list) else []
    made = CommentedSeq([written(one, _like(one, old)) for one in value])
    if isinstance(before, CommentedSeq):
        made.fa.set_flow_style() if before.fa.flow_style() else made.fa.set_block_style()
        _keep_last_comment(made, before)
    elif key in _FLOW:
        made.fa.set_flow_style()
    return made


def _like(value: Any, old: Any) -> Any:
    """Return what `value` was: the same text, or the mapping of the same id."""
    if not isinstance(value, dict):
        return next((o for o in old if o == value), None)
    return next((o for o in old if isinstance(o, dict) and o.get("id") == value.get("id")), None)


def _keep_last_comment(made: CommentedSeq, before: CommentedSeq) -> None:
    """A blank line or comment behind the last item belongs to what follows the list."""
    for at, comment in before.ca.items.items():
        if at == len(before) - 1:
            made.ca.items[len(made) - 1] = comment
