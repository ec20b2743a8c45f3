"""One Rasa for each database, where conversations are locked in memory alone.

Two of them would run turns of one conversation at once. Of an SQLite file the kernel's lock on a
file beside it tells them apart, and goes with the process, however that ends; other databases are
for several, so whoever starts a Rasa has to say that it is the only one. While the supervisor of
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
# `1`: no other Rasa uses this tracker's server, so that locks in memory will do.
SINGLE = "OMNI_SINGLE_RASA"
# Kept open for as long as the process lives: by the path of the lock.
_held: dict[Path, int] = {}


class TrackerInUse(RasaException):
    """Another Rasa has the database file."""


class LocksMissing(RasaException):
    """The database is for several Rasas, and nothing locks conversations for all of them."""


def hold_alone(address: URL, locks: LockStore) -> None:
    """Keep other Rasas off an SQLite file; raise TrackerInUse where one has it.

    Raise LocksMissing for other databases, unless SINGLE says that there is one Rasa. Nothing is
    done where the locks reach all processes (Redis).
    """
    if not isinstance(locks, InMemoryLockStore):
        return
    if address.get_backend_name() != "sqlite":
        _check_single()
    elif address.database not in (None, "", ":memory:"):
        _hold(str(address.database))


def _check_single() -> None:
    given = os.environ.get(SINGLE, "0")
    if given not in ("0", "1"):
        raise RasaException(f"{SINGLE}: {given!r} não é 0 nem 1")
    if given == "0":
        raise LocksMissing(
            "OMNI_LOCK_URL: falta; sem um Redis que todos os Rasas usem, dois deles responderiam "
            f"ao mesmo tempo na mesma conversa. Se só este Rasa atende, use {SINGLE}=1"
        )


def _hold(database: str) -> None:
    path = Path(f"{database}.lock").resolve()
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
