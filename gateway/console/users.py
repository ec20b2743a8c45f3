"""Who may use the console, and who is logged in."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import delete, insert, select, update

from gateway.console.passwords import NO_PASSWORD, hashed, is_right, nobody
from gateway.store.console_tables import TrainerRow, TrainerSessionRow
from gateway.store.engine import Database
from gateway.store.tables import now

Role = Literal["trainer", "reader"]
ROLES: tuple[Role, ...] = ("trainer", "reader")
_NAME = re.compile(r"[\w.@-][\w.@ -]{0,62}[\w.@-]|\w")
# Each check of a password takes 32 MiB and a core for a quarter of a second.
_AT_ONCE = 2


@dataclass(frozen=True)
class Trainer:
    """Somebody who is logged in."""

    name: str
    role: str

    @property
    def may_change(self) -> bool:
        """Whether they may change anything."""
        return self.role == "trainer"


class Users:
    """Reads and writes names, passwords and sessions."""

    def __init__(self, database: Database, hours: int) -> None:
        self._database = database
        self._lasts = timedelta(hours=hours)
        self._checking = asyncio.Semaphore(_AT_ONCE)

    async def exist(self) -> bool:
        """Whether there is anybody at all: without, the console is off."""
        async with self._database.reading() as db:
            return (await db.execute(select(TrainerRow.name).limit(1))).first() is not None

    async def put(self, name: str, password: str, role: str) -> bool:
        """Add somebody, or change them, which ends their sessions; return whether they are new.

        Raises ValueError, in Portuguese, for what cannot be.
        """
        if not _NAME.fullmatch(name):
            raise ValueError("o nome tem de 1 a 64 letras, números, pontos, hifens ou espaços")
        if role not in ROLES:
            raise ValueError(f"o papel é um destes: {', '.join(ROLES)}")
        values: dict[str, Any] = {"password": hashed(password), "role": role}
        async with self._database.writing() as db:
            found = await db.execute(
                update(TrainerRow).where(TrainerRow.name == name).values(**values)
            )
            await db.execute(delete(TrainerSessionRow).where(TrainerSessionRow.trainer == name))
            if not found.rowcount:
                await db.execute(insert(TrainerRow).values(name=name, **values))
        return not found.rowcount

    async def vouched(self, name: str, role: str) -> str:
        """Return the id of a new session of somebody whom a provider vouches for.

        They get the role that the settings give them, and no password unless they had one.
        """
        async with self._database.writing() as db:
            found = await db.execute(
                update(TrainerRow).where(TrainerRow.name == name).values(role=role)
            )
            if not found.rowcount:
                values = {"name": name, "role": role, "password": NO_PASSWORD}
                await db.execute(insert(TrainerRow).values(**values))
        return await self._opened(name)

    async def remove(self, name: str) -> bool:
        """Take somebody away, with their sessions; return whether they were there."""
        async with self._database.writing() as db:
            await db.execute(delete(TrainerSessionRow).where(TrainerSessionRow.trainer == name))
            found = await db.execute(delete(TrainerRow).where(TrainerRow.name == name))
        return bool(found.rowcount)

    async def log_in(self, name: str, password: str) -> str | None:
        """Return the id of a new session; None where name and password do not belong together."""
        query = select(TrainerRow.password).where(TrainerRow.name == name)
        async with self._database.reading() as db:
            stored = await db.scalar(query)
        async with self._checking:
            known = stored if stored and stored != NO_PASSWORD else None
            right = await asyncio.to_thread(is_right, password, known or nobody())
        return await self._opened(name) if known and right else None

    async def find(self, session: str) -> Trainer | None:
        """Return whose session it is; None where it ended or never was."""
        row = TrainerSessionRow
        query = select(TrainerRow.name, TrainerRow.role).join(row, row.trainer == TrainerRow.name)
        query = query.where(row.id_hash == _hash(session), row.expires_at > now())
        async with self._database.reading() as db:
            found = (await db.execute(query)).first()
        return Trainer(*found) if found else None

    async def log_out(self, session: str) -> None:
        """End a session, and forget those that ran out."""
        row = TrainerSessionRow
        ended = (row.id_hash == _hash(session)) | (row.expires_at <= now())
        async with self._database.writing() as db:
            await db.execute(delete(row).where(ended))

    async def _opened(self, name: str) -> str:
        session = secrets.token_urlsafe(32)
        values = {"id_hash": _hash(session), "trainer": name, "expires_at": now() + self._lasts}
        async with self._database.writing() as db:
            await db.execute(insert(TrainerSessionRow).values(**values))
        return session


def _hash(session: str) -> str:
    """A copy of the database opens no session."""
    return hashlib.sha256(session.encode()).hexdigest()
