"""How many of a peer's turns were its fallback: what it costs then is not what its forms would."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

# What the peers' rules answer to an intent below the threshold, and Rasa's own.
_SHARE = """
    SELECT 1.0 * count(*) FILTER (
        WHERE type_name = 'action' AND action_name IN ('utter_default', 'action_default_fallback')
    ) / count(*) FILTER (WHERE type_name = 'user')
    FROM events
"""


def share(database: Path) -> float:
    """Return the share of the turns in Rasa's tracker store that were answered by a fallback."""
    with closing(sqlite3.connect(database, timeout=10)) as db:
        return round(float(db.execute(_SHARE).fetchone()[0]), 3)
