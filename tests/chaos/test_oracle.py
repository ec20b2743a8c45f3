"""The oracle itself: it accepts a whole conversation, and finds each thing that can go wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chaos.talk import oracle
from chaos.talk.evidence import Evidence, Row, Turn
from chaos.talk.log import Log, Sent

UP = [(0.0, 20.0), (30.0, None)]
ROWS = [
    Row(1, "user", "oi", "done", "a", "T1", "oi"),
    Row(2, "user", "2", "done", "b", "T2", "2"),
    Row(3, "assistant", "Olá!", answers=1),
    Row(4, "system", "Vai demorar.", mark="fallback", answers=2),
    Row(5, "assistant", "Veja.", mark="late", answers=2),
    Row(6, "assistant", "Abri um caso.", mark="late", answers=2, case=7),
]
TURNS = [Turn("T1", "oi", ["Olá!"]), Turn("T2", "2", ["Veja.", "Abri um caso."])]


def whole() -> tuple[Log, Evidence]:
    shown = [
        {"seq": r.seq, "from": r.sender, "text": r.text, "reply_to": r.answers, "id": r.client_id}
        for r in ROWS
    ]
    log = Log(
        "c",
        sent=[Sent("a", 10.0, 1), Sent("b", 11.0, 2)],
        heard=[m | ({"state": "pending"} if m["from"] == "user" else {}) for m in shown],
        heard_at=[10.0, 11.0, 12.0, 33.0, 40.0, 40.0],
        read=shown,
        words=[12.0, 33.0, 40.0, 40.0],
        states={1: "done", 2: "done"},
    )
    return log, Evidence(list(ROWS), [Turn(t.message_id, t.text, [*t.said]) for t in TURNS], [7])


def find(log: Log, stored: Evidence) -> list[str]:
    return [fault.removeprefix("c: ") for fault in oracle.faults(log, stored, UP)]


def test_a_whole_conversation_has_no_fault() -> None:
    assert find(*whole()) == []


Spoil = Callable[[Log, Evidence], object]


def change(stored: Evidence, seq: int, **values: object) -> None:
    stored.rows[seq - 1] = replace(stored.rows[seq - 1], **values)


SPOILT: dict[str, tuple[str, Spoil]] = {
    "a message is lost": ("inbox", lambda _, kept: kept.rows.pop(1)),
    "a message is kept twice": (
        "inbox",
        lambda _, kept: kept.rows.append(replace(ROWS[0], seq=7)),
    ),
    "messages are kept in another order": (
        "inbox",
        lambda log, _: log.sent.reverse(),
    ),
    "a number is left out": ("numbers", lambda _, kept: kept.rows.pop(4)),
    "an event is missed": ("events", lambda log, _: (log.heard.pop(2), log.heard_at.pop(2))),
    "an event comes twice": (
        "events",
        lambda log, _: (log.heard.append(log.heard[2]), log.heard_at.append(50.0)),
    ),
    "events come in another order": ("events", lambda log, _: log.heard.reverse()),
    "a reading misses one": ("GET", lambda log, _: log.read.pop()),
    "a reading holds one twice": ("GET", lambda log, _: log.read.append(log.read[-1])),
    "a message stays pending": ("2 is pending", lambda _, kept: change(kept, 2, state="pending")),
    "an answer is missing": ("1 is done", lambda _, kept: change(kept, 3, answers=2)),
    "nobody is told that it was set aside": (
        "1 was set aside",
        lambda _, kept: (change(kept, 1, state="set_aside"), change(kept, 3, answers=2)),
    ),
    "an answer is stored twice": (
        "answer to 1 in pieces",
        lambda _, kept: kept.rows.append(replace(ROWS[2], seq=7)),
    ),
    "answers overtake each other": (
        "answers not in the order",
        lambda _, kept: (
            change(kept, 3, answers=2),
            change(kept, 5, answers=1),
            change(kept, 6, answers=1),
        ),
    ),
    "the end of a message is not told": ("states", lambda log, _: log.states.pop(2)),
    "a turn is missing in the tracker": ("tracker", lambda _, kept: kept.turns.pop()),
    "a turn is twice in the tracker": (
        "tracker",
        lambda _, kept: kept.turns.append(kept.turns[0]),
    ),
    "turns are in another order": ("tracker", lambda _, kept: kept.turns.reverse()),
    "the tracker holds another answer": (
        "tracker",
        lambda _, kept: kept.turns[0].said.append("Olá!"),
    ),
    "a case is opened twice": ("cases", lambda _, kept: kept.cases.append(8)),
    "nobody says a word": ("no word", lambda log, _: log.words.clear()),
    "the word comes late": ("no word for 13.0 s", lambda log, _: log.words.pop(0)),
    # The gateway was away from 20 to 30, and each of its lives counts by itself.
    "notes come, but no answer for long": (
        "no answer or fallback for 30.5 s",
        lambda log, _: log.heard_at.__setitem__(slice(3, 6), [60.5, 61.0, 61.0]),
    ),
}


@pytest.mark.parametrize(("fault", "spoil"), SPOILT.values(), ids=SPOILT.keys())
def test_each_fault_is_found(fault: str, spoil: Spoil) -> None:
    log, stored = whole()
    spoil(log, stored)
    assert any(found.startswith(fault) for found in find(log, stored)), find(log, stored)


def test_an_answer_within_the_limit_is_none_of_these() -> None:
    log, stored = whole()
    log.heard_at[3:] = [59.5, 61.0, 61.0]
    assert find(log, stored) == []


def test_of_whom_rasa_forgot_something_only_the_tracker_is_not_compared() -> None:
    log, stored = whole()
    stored.turns.pop(0)
    assert oracle.faults(log, stored, UP, remembered=False) == []
    log.read.pop()
    assert [fault[:6] for fault in oracle.faults(log, stored, UP, remembered=False)] == ["c: GET"]
