"""Erase from restored databases who was erased since the backup, before anything is started."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, column, delete, inspect, select, table

from assistant.cases import CASES, ERASED, erase_cases
from gateway.privacy.cases import asynchronous
from gateway.privacy.erasure_log import ErasureLog
from gateway.store.engine import Database
from gateway.store.erasure import Erasures
from gateway.store.migrate import migrate

# Rasa's, and those of rasa_components/stores/rows.py.
TRACKER_TABLES = ("events", "events_aside")
_SENDER = "sender_id"


async def erase_again(urls: Mapping[str, str], erasures_url: str) -> int:
    """Bring the gateway's tables up to date, and erase whom the log names; return how many.

    `urls`: of the databases by role; a role that is missing was not restored.
    """
    log = ErasureLog(erasures_url)
    databases = {role: Database(asynchronous(url), patient=True) for role, url in urls.items()}
    try:
        if "gateway" in databases:
            await migrate(databases["gateway"])
            await log.note(await Erasures(databases["gateway"]).erased())
        gone = await log.known(sorted(await _conversations(databases)))
        await _erase(databases, gone)
    finally:
        await log.close()
        for database in databases.values():
            await database.close()
    return len(gone)


async def _conversations(databases: Mapping[str, Database]) -> set[str]:
    """Return every conversation of which something is in one of the databases."""
    found: set[str] = set()
    if "gateway" in databases:
        found.update(await Erasures(databases["gateway"]).here())
    for role, read in (("tracker", _senders), ("cases", _with_cases)):
        if role in databases:
            async with databases[role].reading() as db:
                found.update(await db.run_sync(read))
    return found


async def _erase(databases: Mapping[str, Database], gone: Sequence[str]) -> None:
    if "gateway" in databases:
        erasures = Erasures(databases["gateway"])
        for conversation in gone:
            await erasures.erase(conversation, "asked", [])
    if "tracker" in databases:
        async with databases["tracker"].writing() as db:
            await db.run_sync(_forget, gone)
    if "cases" in databases:
        async with databases["cases"].writing() as db:
            for conversation in gone:
                await db.run_sync(_forget_cases, conversation)


def _senders(db: Connection) -> set[str]:
    there = inspect(db).get_table_names()
    found: set[str] = set()
    for name in TRACKER_TABLES:
        if name in there:
            rows = table(name, column(_SENDER))
            found.update(db.scalars(select(rows.c[_SENDER]).distinct()))
    return found


def _forget(db: Connection, gone: Iterable[str]) -> None:
    there = inspect(db).get_table_names()
    for name in TRACKER_TABLES:
        if name in there:
            rows = table(name, column(_SENDER))
            for conversation in gone:
                db.execute(delete(rows).where(rows.c[_SENDER] == conversation))


def _with_cases(db: Connection) -> set[str]:
    if not inspect(db).has_table(CASES.name):
        return set()
    return {one for one in db.scalars(select(CASES.c.conversation).distinct()) if one != ERASED}


def _forget_cases(db: Connection, conversation: str) -> None:
    if inspect(db).has_table(CASES.name):
        erase_cases(db, conversation)
