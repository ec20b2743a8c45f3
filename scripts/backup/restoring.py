"""Put a backup in the place of what is there, while nothing runs.

SQLite: everything is prepared and checked in files beside, erasures applied, and put in place last.
PostgreSQL: the tables are replaced in one transaction, then erasures applied; a fault there ends
the command with 1, and nothing may be started before it was run again. A backup of SQLite files
goes into PostgreSQL too, row by row: moving.py.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from alembic.util import CommandError

from assistant.cases import CASES
from gateway.store.tables import Base
from scripts.backup import archive, postgres, sqlite
from scripts.backup.archive import Member
from scripts.backup.erasing import TRACKER_TABLES, erase_again
from scripts.backup.moving import move
from scripts.backup.places import ROLES, Part, Places
from scripts.backup.wording import BackupError

# The tables of each role, by which it is known what a restore replaces.
TABLES = {
    "gateway": ("alembic_version", *Base.metadata.tables),
    "tracker": TRACKER_TABLES,
    "cases": (CASES.name,),
}
_LOCKED = ("gateway", "tracker")


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    roles: tuple[str, ...]
    erased: int


def restore(places: Places, file: Path, replace: bool = False) -> Restored:
    """Restore a backup; raise BackupError, also where there are data and not `replace`."""
    with ExitStack() as stack:
        folder, members = stack.enter_context(archive.unpacked(file, places.backups))
        parts = _matched(places, members)
        stack.enter_context(sqlite.nobody_else([p.file for p in parts if _is_locked(p)]))
        for part in parts:
            _refuse(part, replace)
        erased = _put(places, parts, folder)
        _put_bundle(places.bundles, folder)
    return Restored(tuple(role for role in ROLES for p in parts if role in p.roles), erased)


def _is_locked(part: Part) -> bool:
    return part.is_sqlite and any(role in part.roles for role in _LOCKED)


def _matched(places: Places, members: dict[str, Member]) -> list[Part]:
    """Return the databases that the backup goes to; raise BackupError where it cannot."""
    databases = {name: one for name, one in members.items() if one.kind != "bundle"}
    for name, described in databases.items():
        if name not in [part.name for part in places.parts] and not _moves(places, described):
            wanted = ", ".join(one.name for one in places.parts)
            raise BackupError(f"the backup has {name}, this installation {wanted}")
    roles = {role for described in databases.values() for role in described.roles}
    return [part for part in places.parts if roles & set(part.roles)]


def _moves(places: Places, described: Member) -> bool:
    """Whether it is an SQLite file whose rows go into PostgreSQL."""
    is_file = described.kind == "sqlite" and len(described.roles) == 1
    return is_file and not places.of(described.roles[0]).is_sqlite


def _refuse(part: Part, replace: bool) -> None:
    if not part.is_sqlite:
        postgres.refuse_users(part.url)
    if not (replace or _is_empty(part)):
        raise BackupError(f"{', '.join(part.roles)}: there are data, which YES=1 replaces")


def _is_empty(part: Part) -> bool:
    if part.is_sqlite:
        return not part.file.exists()
    first = {"gateway": "conversations", "tracker": "events", "cases": CASES.name}
    return all(postgres.is_empty(part.url, first[role]) for role in part.roles)


def _put(places: Places, parts: list[Part], folder: Path) -> int:
    """Load PostgreSQL, prepare SQLite, erase in both, then put the files in place."""
    urls: dict[str, str] = {}
    for part in parts:
        prepared = folder / part.name
        if not part.is_sqlite:
            _load(part, folder)
        address = f"sqlite:///{prepared}" if part.is_sqlite else part.url.render_as_string(False)
        urls |= dict.fromkeys(part.roles, address)
    erased = _erase(urls, places.erasures_url)
    for part in parts:
        if part.is_sqlite:
            sqlite.compact(folder / part.name)
    for part in parts:
        if part.is_sqlite:
            sqlite.put_back(folder / part.name, part.file)
    return erased


def _load(part: Part, folder: Path) -> None:
    """Put a dump, or SQLite files, into PostgreSQL."""
    tables = [table for role in part.roles for table in TABLES[role]]
    if (folder / part.name).exists():
        postgres.load(part.url, folder / part.name, tables)
        return
    postgres.empty(part.url, tables)
    for role in part.roles:
        if (folder / f"{role}.db").exists():
            asyncio.run(move(folder / f"{role}.db", role, part.url))


def _erase(urls: dict[str, str], erasures_url: str) -> int:
    try:
        return asyncio.run(erase_again(urls, erasures_url))
    except CommandError as error:
        raise BackupError(f"a backup of newer code: {error}") from None


def _put_bundle(bundles: Path, folder: Path) -> None:
    """Put the bundle where it is missing; what is live here now stays live."""
    for file in sorted((folder / "bundles").glob("*")):
        bundles.mkdir(parents=True, exist_ok=True)
        if not (bundles / file.name).exists():
            shutil.copy(file, bundles / file.name)
