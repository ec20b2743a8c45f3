"""Rows of Rasa's table `events`: read one by one, so that a faulty one is found and kept aside."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event
from rasa.shared.core.trackers import DialogueStateTracker

logger = logging.getLogger(__name__)

EVENTS = SQLTrackerStore.SQLEvent.__table__
META = sa.MetaData()
# Rows that cannot be read, and those that made no sense without them. `set_aside_at`: seconds since
# 1970, UTC. `told_with`: the message whose answer told the user so.
ASIDE = sa.Table(
    "events_aside",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("event_id", sa.Integer, nullable=False),
    sa.Column("sender_id", sa.String(255), nullable=False, index=True),
    sa.Column("type_name", sa.String(255)),
    sa.Column("timestamp", sa.Float),
    sa.Column("data", sa.Text),
    sa.Column("reason", sa.String(255), nullable=False),
    sa.Column("set_aside_at", sa.Float, nullable=False),
    sa.Column("told_with", sa.String(255)),
)
_MOVED = ("sender_id", "type_name", "timestamp", "data")
_SLOT_RESETS = ("session_started", "restart", "reset_slots")
_LAST = 2**62  # beyond any row
_LIKE_ITSELF = re.compile(r"[%_/]")

# Made once: making a statement takes longer than answering it, and each turn asks several.
_MINE = EVENTS.c.sender_id == sa.bindparam("sender")
_USERS = _MINE & (EVENTS.c.type_name == "user")
_NAMED = EVENTS.c.data.like(sa.bindparam("named"), escape="/")
_ASKED = sa.select(EVENTS.c.id).where(_USERS & _NAMED).order_by(EVENTS.c.id.desc()).limit(1)
_FOLLOWING = sa.select(sa.func.min(EVENTS.c.id)).where(
    _USERS & (EVENTS.c.id > sa.bindparam("asked"))
)
_DATA = sa.select(EVENTS.c.data).where(EVENTS.c.id == sa.bindparam("row"))
_SAID = (
    sa.select(EVENTS.c.data)
    .where(_MINE & (EVENTS.c.type_name == "bot"))
    .where((EVENTS.c.id > sa.bindparam("asked")) & (EVENTS.c.id < sa.bindparam("end")))
    .order_by(EVENTS.c.id)
)
_BEFORE = _MINE & (EVENTS.c.id < sa.bindparam("until"))
_RESET = sa.select(sa.func.max(EVENTS.c.id)).where(_BEFORE & EVENTS.c.type_name.in_(_SLOT_RESETS))
# Rasa keeps a slot's name in the column for the names of actions.
_NEWEST = (
    sa.select(sa.func.max(EVENTS.c.id))
    .where(_BEFORE & (EVENTS.c.type_name == "slot") & (EVENTS.c.id > sa.bindparam("start")))
    .where(EVENTS.c.action_name.in_(sa.bindparam("names", expanding=True)))
    .group_by(EVENTS.c.action_name)
)
_SLOTS = sa.select(EVENTS.c.data).where(EVENTS.c.id.in_(_NEWEST))


class FaultyRow(Exception):
    """A row that is no event: `position` among those read, and the class of what went wrong."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"row {position}: {reason}")
        self.position = position
        self.reason = reason


def replay(tracker: DialogueStateTracker, rows: Sequence[Any]) -> None:
    """Apply the rows, oldest first, to an empty tracker; raise FaultyRow at the first faulty."""
    for position, row in enumerate(rows):
        try:
            event = Event.from_parameters(json.loads(row.data))
            if event is None or event.type_name != row.type_name:
                raise ValueError("another event than the row is of")
            tracker.update(event)
        except Exception as error:  # Rasa's events raise whatever comes of what they are given
            raise FaultyRow(position, type(error).__name__) from error


def whole_turns(rows: Sequence[Any]) -> int:
    """Return how many of the rows make up whole turns: a turn ends when the bot listens again."""
    ends = (n for n, row in enumerate(rows, 1) if _listens(row))
    return max(ends, default=0)


def set_aside(session: sa.orm.Session, sender_id: str, faulty: Any, first: int) -> None:
    """Move the conversation's rows from id `first` on to ASIDE; `faulty`: (id, reason) of one."""
    number, reason = faulty
    here = (EVENTS.c.sender_id == sender_id) & (EVENTS.c.id >= first)
    why = sa.case((EVENTS.c.id == number, reason), else_=f"belongs to row {number}")
    columns = [EVENTS.c.id, *(EVENTS.c[name] for name in _MOVED), why, sa.literal(time.time())]
    names = ["event_id", *_MOVED, "reason", "set_aside_at"]
    moved = session.execute(
        sa.insert(ASIDE).from_select(names, sa.select(*columns).where(here))
    ).rowcount
    session.execute(sa.delete(EVENTS).where(here))
    logger.error("%s: row %d unreadable (%s), %d set aside", sender_id, number, reason, moved)


def answers_to(
    session: sa.orm.Session, sender_id: str, message_id: str
) -> list[dict[str, Any]] | None:
    """Return what the bot said to a message, or None where the message is not stored."""
    span = span_of(session, sender_id, message_id)
    if span is None:
        return None
    rows = session.execute(*_said(sender_id, *span)).scalars()
    try:
        return [BotUttered._from_parameters(json.loads(data)).message() for data in rows]
    except Exception:  # running the turn again reads the conversation, and sets the row aside
        logger.warning("%s: the answer to %s is unreadable", sender_id, message_id)
        return []


def turn_within(
    session: sa.orm.Session, sender_id: str, span: tuple[int, int | None], names: Sequence[str]
) -> dict[str, Any]:
    """Return what the turn in that stretch of rows did.

    `latest`: how the message was understood; `before`, `after`: these slots around the turn;
    `said`: the names of the responses, in order.
    """
    asked, end = span
    user = session.execute(_DATA, {"row": asked}).scalar_one()
    said = [json.loads(data) for data in session.execute(*_said(sender_id, asked, end)).scalars()]
    return {
        "latest": json.loads(user).get("parse_data") or {},
        "before": slots_of(session, sender_id, names, asked),
        "after": slots_of(session, sender_id, names, end),
        "said": [name for bot in said if (name := (bot.get("metadata") or {}).get("utter_action"))],
    }


def span_of(
    session: sa.orm.Session, sender_id: str, message_id: str
) -> tuple[int, int | None] | None:
    """Return the row of a message and that of the one after it (None: it is the newest).

    The index on the sender leads to the conversation, and its newest rows are read first.
    """
    # Quotation marks inside a text are stored as \", so no text can hold this.
    named = _LIKE_ITSELF.sub(r"/\g<0>", f'"message_id": "{message_id}"')
    place: dict[str, Any] = {"sender": sender_id, "named": f"%{named}%"}
    asked = session.execute(_ASKED, place).scalar()
    if asked is None:
        return None
    return asked, session.execute(_FOLLOWING, {"sender": sender_id, "asked": asked}).scalar()


def _said(sender_id: str, asked: int, end: int | None) -> tuple[Any, dict[str, Any]]:
    """Return the query for what the bot said between two of the user's messages."""
    return _SAID, {"sender": sender_id, "asked": asked, "end": _LAST if end is None else end}


def forget_silent(session: sa.orm.Session, sender_id: str, message_id: str) -> None:
    """Remove the turn of a message from the conversation's end, if the bot said nothing in it.

    It is about to be run again, and would stand there as often as it was tried.
    """
    mine = EVENTS.c.sender_id == sender_id
    talk = mine & EVENTS.c.type_name.in_(("user", "bot"))
    query = sa.select(EVENTS).where(talk).order_by(EVENTS.c.id.desc()).limit(1)
    newest = session.execute(query).first()
    if newest and newest.type_name == "user" and f'"message_id": "{message_id}"' in newest.data:
        session.execute(sa.delete(EVENTS).where(mine & (EVENTS.c.id >= newest.id)))


def slots_of(
    session: sa.orm.Session, sender_id: str, names: Sequence[str], until: int | None = None
) -> dict[str, Any]:
    """Return the newest value of each of these slots, before row `until`; None where not set."""
    place = {"sender": sender_id, "until": _LAST if until is None else until}
    start = session.execute(_RESET, place).scalar() or 0
    asked = {**place, "start": start, "names": list(names)}
    rows = session.execute(_SLOTS, asked).scalars()
    found = {event["name"]: event["value"] for event in map(json.loads, rows)}
    return {name: found.get(name) for name in names}


def export_rows(session: sa.orm.Session, sender_id: str) -> list[dict[str, Any]]:
    """Return every event that is kept, as Rasa's JSON; those set aside come last, as they are."""
    stored = sa.select(EVENTS.c.data).where(EVENTS.c.sender_id == sender_id).order_by(EVENTS.c.id)
    aside = sa.select(ASIDE).where(ASIDE.c.sender_id == sender_id).order_by(ASIDE.c.id)
    events = [_as_json(data) for data in session.execute(stored).scalars()]
    for row in session.execute(aside):
        kept = {name: row._mapping[name] for name in ("reason", "set_aside_at", "data")}
        events.append({"event": "set_aside", **kept})
    return events


def newest_row(session: sa.orm.Session, sender_id: str) -> int:
    """Return the number of the conversation's newest row, or 0."""
    query = sa.select(sa.func.max(EVENTS.c.id)).where(EVENTS.c.sender_id == sender_id)
    return session.execute(query).scalar() or 0


def must_tell(session: sa.orm.Session, sender_id: str, message_id: str) -> bool:
    """Whether rows were set aside and no answer, or the one to this message, told the user."""
    mine = ASIDE.c.sender_id == sender_id
    told = set(session.execute(sa.select(ASIDE.c.told_with).where(mine).distinct()).scalars())
    if None in told:
        untold = sa.update(ASIDE).where(mine & ASIDE.c.told_with.is_(None))
        session.execute(untold.values(told_with=message_id))
    return None in told or message_id in told


def delete_rows(session: sa.orm.Session, sender_id: str) -> None:
    """Remove every row of a conversation, those set aside too."""
    for table in (EVENTS, ASIDE):
        session.execute(sa.delete(table).where(table.c.sender_id == sender_id))


def _as_json(data: Any) -> dict[str, Any]:
    try:
        event = json.loads(data)
    except (TypeError, ValueError):
        event = None
    return event if isinstance(event, dict) else {"event": "unreadable", "data": data}


def _listens(row: Any) -> bool:
    return row.type_name == ActionExecuted.type_name and row.action_name == ACTION_LISTEN_NAME
