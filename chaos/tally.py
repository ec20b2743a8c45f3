"""Counts what became of everybody's messages, for the report; the oracle gives the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from typing import Any

from chaos.talk import oracle
from chaos.talk.evidence import Evidence, Row
from chaos.talk.log import Log
from chaos.talk.place import Span


@dataclass(frozen=True)
class Tally:
    """Of one conversation, or of many: messages, except where it says otherwise.

    `told`: not answered, but shown what to do instead, or that it was given up. `twice`: stored,
    answered or run more than once. `effects_doubled`: cases opened beyond those that were told.
    `longest_wait`: seconds from a 202 to the next word; `slowest_acceptance`: to the 202.
    """

    accepted: int = 0
    answered: int = 0
    told: int = 0
    lost: int = 0
    twice: int = 0
    out_of_order: int = 0
    effects: int = 0
    effects_doubled: int = 0
    failed_requests: int = 0
    longest_wait: float = 0.0
    slowest_acceptance: float = 0.0

    def plus(self, other: Tally) -> Tally:
        """Return both together: sums, and the longer of two times."""
        mine, theirs = asdict(self), asdict(other)
        both: dict[str, Any] = {f.name: _joined(mine[f.name], theirs[f.name]) for f in fields(self)}
        return Tally(**both)


def _joined(one: int | float, other: int | float) -> int | float:
    return max(one, other) if isinstance(one, float) else one + other


def told(log: Log) -> Log:
    """Return the log with what the widget itself says counted as a word: no connection."""
    return replace(log, words=sorted([*log.words, *log.offline]))


def tally(log: Log, stored: Evidence, up: Sequence[Span]) -> Tally:
    """Count one conversation."""
    accepted = [sent for sent in log.sent if sent.accepted is not None]
    mine = {row.client_id: row for row in stored.rows if row.sender == "user" and row.client_id}
    replied = {row.answers: row.mark for row in stored.rows if row.answers}
    answered = [row for row in mine.values() if row.state == "done" and _is_answered(stored, row)]
    told_of = [row for row in mine.values() if row not in answered and row.seq in replied]
    kept = sum(mine.get(sent.id) in (*answered, *told_of) for sent in accepted)
    return Tally(
        accepted=len(accepted),
        answered=len(answered),
        told=len(told_of),
        lost=len(accepted) - kept,
        twice=_twice(log, stored),
        out_of_order=_disorder(log, stored),
        effects=len(stored.cases),
        effects_doubled=max(0, len(stored.cases) - len({r.case for r in stored.rows if r.case})),
        failed_requests=len(log.failed),
        longest_wait=max((wait for _, wait in oracle.waits(told(log), up)), default=0.0),
        slowest_acceptance=max((sent.took for sent in accepted), default=0.0),
    )


def _is_answered(stored: Evidence, asked: Row) -> bool:
    return any(
        row.answers == asked.seq and row.sender == "assistant" and row.mark != "fallback"
        for row in stored.rows
    )


def _twice(log: Log, stored: Evidence) -> int:
    """Count what is there more often than once: rows, turns, and what either way showed."""
    counted = [
        Counter(row.client_id for row in stored.rows if row.client_id),
        Counter(turn.message_id for turn in stored.turns),
        Counter(message["seq"] for message in log.heard),
        Counter(message["seq"] for message in log.read),
    ]
    return sum(number - 1 for counter in counted for number in counter.values())


def _disorder(log: Log, stored: Evidence) -> int:
    """Count neighbours in the wrong order: as sent, as answered, and as shown."""
    place = {sent.id: number for number, sent in enumerate(log.sent)}
    rows = [place[str(r.client_id)] for r in stored.rows if r.client_id in place]
    answers = [r.answers or 0 for r in stored.rows if r.sender == "assistant" and not r.mark]
    shown = [[message["seq"] for message in way] for way in (log.heard, log.read)]
    return sum(one > other for way in (rows, answers, *shown) for one, other in pairwise(way))
