"""What a trainer changes of the phrases set apart for measuring, which are never trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from trainer.workbench import examples, ids
from trainer.workbench.change import Edit
from trainer.workbench.draft import Draft
from trainer.workbench.errors import Refused, missing, say

# Held out: measured with alone. Tuning: thresholds are chosen with them.
Kind = Literal["heldout", "tuning"]
KINDS: tuple[Kind, ...] = ("heldout", "tuning")


def apart_of(draft: Draft, kind: Kind, situation: str) -> tuple[str, list[str]]:
    """Return the file with a situation's phrases of that kind, and the phrases."""
    for file in _files(draft, kind, situation):
        for block in draft.values(file).get("nlu") or ():
            if block.get("intent") == situation:
                return file, examples.phrases(block["examples"])
    raise missing("unknown_intent", id=situation)


def add(draft: Draft, kind: Kind, situation: str, texts: Sequence[str]) -> list[Edit]:
    """Add phrases at the end; refuse all of them where one cannot be one, or is trained."""
    file, block = _block(draft, kind, situation)
    new = examples.all_checked(texts)
    examples.unknown(draft, new)
    examples.write(block, [*examples.phrases(block["examples"]), *new])
    return [Edit(f"{kind}.add", file, situation, None, text, secret=True) for text in new]


def add_pasted(draft: Draft, situation: str, texts: Sequence[str], every: int) -> list[Edit]:
    """Add what is new of many phrases: every so many held out, the others as examples.

    What stands somewhere already is left out, as `draft.skipped` says; only that: Refused.
    """
    new, draft.skipped = examples.sifted(draft, examples.all_checked(texts))
    if not new:
        raise Refused(say("nothing_new"), *draft.skipped)
    kept = new[every - 1 :: every] if every else []
    taught = [text for text in new if text not in kept]
    edits = examples.add(draft, situation, taught) if taught else []
    return edits + (add(draft, "heldout", situation, kept) if kept else [])


def remove(draft: Draft, kind: Kind, situation: str, text: str) -> list[Edit]:
    """Remove a phrase."""
    file, block = _block(draft, kind, situation)
    found = examples.phrases(block["examples"])
    if text not in found:
        raise missing("example_missing", text=text, intent=situation)
    found.remove(text)
    examples.write(block, found)
    return [Edit(f"{kind}.remove", file, situation, text, None, secret=True)]


def _block(draft: Draft, kind: Kind, situation: str) -> tuple[str, Any]:
    for file in _files(draft, kind, situation):
        for block in draft.content(file).get("nlu") or ():
            if block.get("intent") == situation:
                return file, block
    raise missing("unknown_intent", id=situation)


def _files(draft: Draft, kind: Kind, situation: str) -> Iterator[str]:
    """Yield a situation's own file first, then the others that name it."""
    own = f"tests/nlu/{kind}/{ids.checked_id(situation)}.yml"
    files = draft.files(f"tests/nlu/{kind}/*.yml")
    for file in sorted(files, key=lambda file: file != own):
        if f"intent: {situation}\n" in (draft.text(file) or "").replace("\r\n", "\n"):
            yield file
