"""A long conversation in Rasa's own tracker store, without talking through all of it.

The rows of what was really said are put in again before themselves, so that whoever reads the
conversation reads as much as after that many turns.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

DAY = 86_400.0
_NEWEST = "SELECT sender_id FROM events ORDER BY id DESC LIMIT 1"
_BEGAN = "SELECT max(id) FROM events WHERE sender_id = ? AND type_name = 'session_started'"
# Rasa reads by time, from the session's beginning on: it began before all copies.
_BEGIN_EARLIER = "UPDATE events SET timestamp = timestamp - ? WHERE sender_id = ? AND id <= ?"
_SAID = """
    SELECT sender_id, type_name, intent_name, action_name, data, timestamp
    FROM events WHERE sender_id = ? AND id > ? ORDER BY id
"""
_COPY = """
    INSERT INTO events (sender_id, type_name, intent_name, action_name, data, timestamp)
    VALUES (?, ?, ?, ?, ?, ?)
"""


def lengthen(database: Path, times: int) -> None:
    """Make the newest conversation `times` as long."""
    with closing(sqlite3.connect(database, timeout=10)) as db, db:
        (sender,) = db.execute(_NEWEST).fetchone()
        (began,) = db.execute(_BEGAN, (sender,)).fetchone()
        said = db.execute(_SAID, (sender, began)).fetchall()
        db.execute(_BEGIN_EARLIER, (DAY, sender, began))
        step = said[-1][-1] - said[0][-1] + 1.0
        for number in range(1, times):
            copies = [(*row[:-1], row[-1] - number * step) for row in said]
            db.executemany(_COPY, copies)
