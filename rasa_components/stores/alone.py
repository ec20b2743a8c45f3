"""One Rasa for each SQLite file, where conversations are locked in memory alone.

Two of them would run turns of one conversation at once; the kernel's lock on a file beside the
database tells them apart, and goes with the process, however that ends. While the supervisor of
`make run` changes versions its two Rasas share the file: the gateway gives each conversation's
turns to one of them, and the store refuses a save over newer rows.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from rasa.core.lock_store import InMemoryLockStore, LockStore
from rasa.shared.exceptions import RasaException
from sqlalchemy.engine.url import URL

# Set by serving/ for the Rasas that it starts.
PAIRED = "OMNI_PAIRED"
# Kept open for as long as the process lives: by the path of the lock.
_held: dict[Path, int] = {}


class TrackerInUse(RasaException):
    """Another Rasa has the database file."""


def hold_alone(address: URL, locks: LockStore) -> None:
    """Keep other Rasas off an SQLite file; raise TrackerInUse where one has it.

    Nothing is done for other databases, nor where the locks reach all processes (Redis).
    """
    is_sqlite = address.get_backend_name() == "sqlite"
    is_file = is_sqlite and address.database not in (None, "", ":memory:")
    if not is_file or not isinstance(locks, InMemoryLockStore):
        return
    path = Path(f"{address.database}.lock").resolve()
    if path not in _held:
        _held[path] = _locked(path)


def _locked(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        how = fcntl.LOCK_SH if os.environ.get(PAIRED) == "1" else fcntl.LOCK_EX
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise TrackerInUse(f"outro Rasa já usa este banco ({path})") from error
    return handle
