"""Compares what clients saw with what is stored: nothing lost, nothing twice, in order, no silence.

Every function returns the faults that it finds, in words; [] where all is well.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chaos.talk.evidence import Evidence, Row
from chaos.talk.log import Log, Message
from chaos.talk.place import Span

WORD_SECONDS = 10.0
# The promise is 8 s; a machine that other jobs keep busy is no measure of it, and has this long.
REPLY_SECONDS = 30.0


def faults(log: Log, stored: Evidence, up: Sequence[Span], remembered: bool = True) -> list[str]:
    """Compare all that is known of one conversation.

    `up`: when the gateway was there; `remembered`: whether Rasa's tracker is to hold it all.
    """
    checks = [
        inbox(log, stored.rows),
        seen("events", log.heard, stored.rows),
        seen("GET", log.read, stored.rows),
        answers(stored.rows),
        states(log, stored.rows),
        tracker(stored) if remembered else (),
        cases(stored),
        silence(log, up),
    ]
    return [f"{log.conversation}: {fault}" for check in checks for fault in check]


def inbox(log: Log, rows: Sequence[Row]) -> Iterator[str]:
    """Each sent message is stored once, in the order of sending, under the number in its 202."""
    sent = [(message.seq, message.id) for message in log.sent]
    kept = [(row.seq, row.client_id) for row in rows if row.sender == "user"]
    if sent != kept:
        yield f"inbox: sent {sent}, kept {kept}"
    if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
        yield f"numbers: {[row.seq for row in rows]}"


def seen(way: str, messages: Sequence[Message], rows: Sequence[Row]) -> Iterator[str]:
    """The client saw each stored message once, in order, as it is stored."""
    came = [(m["seq"], m["from"], m["text"], m.get("reply_to"), m.get("id")) for m in messages]
    kept = [(row.seq, row.sender, row.text, row.answers, row.client_id) for row in rows]
    if came != kept:
        yield f"{way}: saw {[one[0] for one in came]} of {len(kept)}, or other texts"


def answers(rows: Sequence[Row]) -> Iterator[str]:
    """Every message is settled, its answer comes once, and whole answers follow each other."""
    whole: list[tuple[int, int]] = []
    for asked in (row for row in rows if row.sender == "user"):
        said = [row for row in rows if row.answers == asked.seq and row.mark != "fallback"]
        own = [row.seq for row in said]
        if asked.state == "done" and said and {row.sender for row in said} == {"assistant"}:
            whole.append((own[0], own[-1]))
            if own != list(range(own[0], own[-1] + 1)):
                yield f"answer to {asked.seq} in pieces: {own}"
        elif asked.state == "set_aside":
            if not any(row.answers == asked.seq for row in rows):
                yield f"{asked.seq} was set aside without a word"
        else:
            yield f"{asked.seq} is {asked.state}, answered by {own}"
    if any(first[1] >= second[0] for first, second in pairwise(whole)):
        yield f"answers not in the order of the questions: {whole}"


def states(log: Log, rows: Sequence[Row]) -> Iterator[str]:
    """What the events last said of a message's state is what is stored."""
    told = {m["seq"]: m["state"] for m in log.heard if m["from"] == "user"} | log.states
    wrong = [row.seq for row in rows if row.sender == "user" and told.get(row.seq) != row.state]
    if wrong:
        yield f"states: not told what became of {wrong}"


def tracker(stored: Evidence) -> Iterator[str]:
    """Rasa's tracker holds each answered message once, in order, with the answers shown."""
    done = [row for row in stored.rows if row.state == "done"]
    given_up = {row.turn_id for row in stored.rows if row.state == "set_aside"}
    turns = [turn for turn in stored.turns if turn.message_id not in given_up]
    if [turn.message_id for turn in turns] != [row.turn_id for row in done]:
        runs = {turn.message_id: 0 for turn in turns} | {str(row.turn_id): 0 for row in done}
        for turn in turns:
            runs[turn.message_id] += 1
        wrong = {id: count for id, count in runs.items() if count != 1}
        yield f"tracker: not once each, or not in order: {wrong or 'order'}"
    by_id = {turn.message_id: turn for turn in turns if turn.said}
    for row in done:
        shown = [r.text for r in stored.rows if r.answers == row.seq and r.mark != "fallback"]
        found = by_id.get(str(row.turn_id))
        if not found or found.text != row.to_rasa or [s.strip() for s in found.said] != shown:
            yield f"tracker: the turn of {row.seq} is not what was shown"


def cases(stored: Evidence) -> Iterator[str]:
    """A case was opened once for whom was told its number."""
    told = sorted({row.case for row in stored.rows if row.case})
    if told != stored.cases:
        yield f"cases: told {told}, opened {stored.cases}"


def silence(log: Log, up: Sequence[Span]) -> Iterator[str]:
    """Nobody waited for a word, or for an answer or a fallback, for long: the gateway was up."""
    for seq, seconds in waits(log, up):
        if seconds > WORD_SECONDS:
            yield f"no word for {seconds:.1f} s after message {seq}"
    if late := [seconds for seconds in replies(log, up) if seconds > REPLY_SECONDS]:
        yield f"no answer or fallback for {max(late):.1f} s"


def waits(log: Log, up: Sequence[Span]) -> Iterator[tuple[int | None, float]]:
    """Yield for each message its seq and the seconds until the next word, the gateway being up."""
    words = sorted(log.words)
    answered = {m.get("reply_to"): at for m, at in zip(log.heard, log.heard_at, strict=True)}
    for sent in log.sent:
        # Where the first 202 was lost, the answer may have come before the repeat's 200.
        if sent.accepted is None or answered.get(sent.seq, sent.accepted) < sent.accepted:
            continue
        place = bisect.bisect_left(words, sent.accepted)
        word = words[place] if place < len(words) else float("inf")
        yield sent.seq, sum(_overlap(span, sent.accepted, word) for span in up)


def replies(log: Log, up: Sequence[Span]) -> Iterator[float]:
    """Yield for each message the seconds of any one life of the gateway without a reply to it."""
    return (seconds for _, seconds in replied(log, up))


def replied(log: Log, up: Sequence[Span]) -> Iterator[tuple[float, float]]:
    """Yield for each message when it was accepted, and the same seconds."""
    first: dict[int | None, float] = {}
    for message, at in zip(log.heard, log.heard_at, strict=True):
        first.setdefault(message.get("reply_to"), at)
    for sent in log.sent:
        if sent.accepted is not None and sent.seq in first:
            spans = (_overlap(span, sent.accepted, first[sent.seq]) for span in up)
            yield sent.accepted, max(spans)


def _overlap(span: Span, start: float, end: float) -> float:
    until = end if span[1] is None else min(end, span[1])
    return max(0.0, until - max(start, span[0]))
