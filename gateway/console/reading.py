"""What the pages show of a situation, an article, or an intent's examples."""

from __future__ import annotations

from typing import Any

from assistant.text import fold
from trainer.check.balance import FEWEST, FEWEST_HELD_OUT, HELD_OUT_SITUATION, SITUATION
from trainer.workbench import Missing, Workbench
from trainer.workbench.apart import KINDS

MOST_EXAMPLES = 60


def situation_values(bench: Workbench, id: str, wanted: str = "") -> dict[str, Any]:
    """Return a situation, its examples (those with `wanted` in them) and what measures it."""
    found, etag = bench.situation(id)
    apart = {kind: apart_values(bench, kind, id) for kind in KINDS}
    return {"situation": found, "etag": etag, "apart": apart, "held_out": HELD_OUT_SITUATION,
            "fewest_held_out": FEWEST_HELD_OUT, **example_values(bench, id, wanted)}  # fmt: skip


def example_values(bench: Workbench, intent: str, wanted: str = "") -> dict[str, Any]:
    """Return an intent's examples, the newest first, as their section of a page needs them."""
    examples, etag = bench.examples(intent)
    words = fold(wanted)
    matching = [one for one in reversed(examples) if words in fold(one)]
    return {
        "intent": intent,
        "examples": matching[:MOST_EXAMPLES],
        "hidden": max(len(matching) - MOST_EXAMPLES, 0),
        "matching": len(matching),
        "total": len(examples),
        "least": SITUATION,
        "fewest": FEWEST,
        "wanted": wanted,
        "examples_etag": etag,
    }


def apart_values(bench: Workbench, kind: Any, id: str) -> dict[str, Any]:
    """Return the phrases set apart; none where the situation has no place for them."""
    try:
        phrases, etag = bench.apart(kind, id)
    except Missing:
        return {"phrases": [], "etag": "", "there": False}
    return {"phrases": phrases, "etag": etag, "there": True}
