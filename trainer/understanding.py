"""How well held-out phrases are understood: per intent, without context and within a guide."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.dialogue.reading import read_in_context
from assistant.dialogue.turn import FALLBACK, OUT_OF_SCOPE, REPLIES, UNSURE, read_turn

Parse = Callable[[str], Mapping[str, Any]]


@dataclass
class Row:
    """One intent: how many phrases, how each was taken, and which were taken wrongly."""

    total: int = 0
    right: int = 0
    among_three: int = 0
    asked: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)


def evaluate(phrases: Iterable[tuple[str, str]], parse: Parse) -> dict[str, Row]:
    """Return a row for each intent; a reply is judged as if a guide were open."""
    rows: dict[str, Row] = defaultdict(Row)
    for intent, text in phrases:
        _judge(rows[intent], intent, text, parse)
    return dict(rows)


def _judge(row: Row, intent: str, text: str, parse: Parse) -> None:
    turn = read_turn(parse(text))
    taken = read_in_context(turn, "email_send_receive") if intent in REPLIES else turn.intent
    row.total += 1
    row.among_three += intent in turn.candidates or taken == intent
    if taken == intent or (intent == OUT_OF_SCOPE and taken == FALLBACK):
        row.right += 1
    elif taken in (UNSURE, FALLBACK):
        row.asked += 1
    else:
        row.wrong.append((text, taken))


def totals(rows: Mapping[str, Row], intents: Iterable[str]) -> dict[str, float]:
    """Return the shares over some intents: right, asked, wrong, among_three."""
    some = [rows[i] for i in intents if i in rows]
    count = sum(r.total for r in some) or 1
    return {
        "count": float(count),
        "right": sum(r.right for r in some) / count,
        "asked": sum(r.asked for r in some) / count,
        "wrong": sum(len(r.wrong) for r in some) / count,
        "among_three": sum(r.among_three for r in some) / count,
    }


def table(rows: Mapping[str, Row]) -> list[str]:
    """Return the report's lines: an intent each, worst first, with what it is confused with."""
    lines = [f"{'intent':24} {'n':>4} {'right':>6} {'asked':>6} {'wrong':>6}  taken for"]
    for intent, row in sorted(rows.items(), key=lambda item: item[1].right / item[1].total):
        taken = Counter(name for _, name in row.wrong).most_common(3)
        confused = ", ".join(f"{name} {n}" for name, n in taken)
        shares = [row.right / row.total, row.asked / row.total, len(row.wrong) / row.total]
        figures = " ".join(f"{share:6.0%}" for share in shares)
        lines.append(f"{intent:24} {row.total:4} {figures}  {confused}")
    return lines
