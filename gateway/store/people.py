"""Visitors and their sessions in the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from ulid import ULID

from gateway.identity.site import Person
from gateway.store.engine import Database
from gateway.store.tables import ConversationRow, SessionRow, SpentRow, VisitorRow, now

# Two tabs may renew with the same token at once; one that comes later was copied.
SAME_TOKEN = timedelta(seconds=60)
_TRIES = 3
# Made once, as in history.py.
_KNOWN = (
    select(
        SessionRow.id,
        VisitorRow.id,
        ConversationRow.id,
        VisitorRow.subject_hash,
        SessionRow.generation,
        SessionRow.used_at,
    )
    .join(VisitorRow, VisitorRow.id == SessionRow.visitor_id)
    .join(ConversationRow, ConversationRow.visitor_id == VisitorRow.id)
    .where(SessionRow.id == bindparam("session"), SessionRow.revoked_at.is_(None))
)


class AlreadyUsed(Exception):
    """The site's token was exchanged for a session before."""


@dataclass(frozen=True)
class Known:
    """A session that opens something; `generation` is that of its newest renewal token."""

    session: str
    visitor: str
    conversation: str
    identified: bool
    generation: int
    used: bool = False


class People:
    """Reads and writes visitors and sessions; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_anonymous(self) -> Known:
        """Store a new visitor, their conversation, and a session of theirs."""
        async with self._database.writing() as db:
            return await _open_session(db, *await _new_visitor(db, None), identified=False)

    async def open_identified(self, person: Person, anonymous: str | None) -> Known:
        """Store a session of `person`, who keeps the conversation that they have elsewhere.

        Who has none yet takes over that of the visitor `anonymous`, if there is such a one, and
        the sessions which that visitor had end. Raises AlreadyUsed where the site's token was.
        """
        for _ in range(_TRIES):
            try:
                return await self._try_open(person, anonymous)
            except IntegrityError as error:
                if await self._is_spent(person):
                    raise AlreadyUsed from None
                # Someone else stored the same person in between, and may have erased them.
                last = error
        raise last

    async def _try_open(self, person: Person, anonymous: str | None) -> Known:
        async with self._database.writing() as db:
            spent = {"id": person.token_hash, "expires_at": person.expires_at}
            await db.execute(insert(SpentRow).values(**spent))
            theirs = (
                await _find_visitor(db, person)
                or await _adopt(db, person, anonymous)
                or await _new_visitor(db, person)
            )
            return await _open_session(db, *theirs, identified=True)

    async def _is_spent(self, person: Person) -> bool:
        query = select(SpentRow.id).where(SpentRow.id == person.token_hash)
        async with self._database.reading() as db:
            return await db.scalar(query) is not None

    async def find(self, session: str, generation: int) -> Known | None:
        """Return the session if it is neither revoked nor erased (one query by primary keys).

        The first use of the newest `generation` is noted: its browser has got its tokens.
        """
        async with self._database.reading(brief=True) as db:
            found = await _known(db, session)
        if found and not found.used and found.generation == generation:
            async with self._database.writing() as db:
                await _note_use(db, session, generation)
        return found

    async def renew(self, session: str, generation: int) -> Known | None:
        """Rotate the renewal token and return the session with its new generation.

        The generation before is good until 60 seconds after the first use of the new one, whose
        answer may have been lost; after that, or a still older one, it was copied, and the session
        is revoked. None where the session is not to be renewed.
        """
        async with self._database.writing() as db:
            # Not equal alone: after a restored backup the token is ahead of the row.
            change = update(SessionRow).where(
                SessionRow.id == session,
                SessionRow.generation <= generation,
                SessionRow.revoked_at.is_(None),
            )
            newest = {"generation": generation + 1, "renewed_at": now(), "used_at": None}
            rotated = await db.execute(change.values(**newest))
            found = await _known(db, session)
            if not found or rotated.rowcount or await _just_renewed(db, session, generation):
                return found
            await _revoke(db, SessionRow.id == session)
            return None

    async def revoke(self, session: str) -> None:
        """End the session; the conversation stays."""
        async with self._database.writing() as db:
            await _revoke(db, SessionRow.id == session)

    async def clean(self, renewal_lifetime: timedelta) -> int:
        """Delete sessions that nothing can renew, and spent tokens that have expired."""
        dead = delete(SessionRow).where(
            or_(
                SessionRow.revoked_at.is_not(None),
                SessionRow.renewed_at < now() - renewal_lifetime - SAME_TOKEN,
            )
        )
        async with self._database.writing() as db:
            sessions = await db.execute(dead)
            spent = await db.execute(delete(SpentRow).where(SpentRow.expires_at < now()))
        return sessions.rowcount + spent.rowcount


async def _new_visitor(db: AsyncConnection, person: Person | None) -> tuple[str, str]:
    visitor, conversation = str(ULID()), str(ULID())
    subject = person.subject_hash if person else None
    await db.execute(insert(VisitorRow).values(id=visitor, subject_hash=subject))
    await db.execute(insert(ConversationRow).values(id=conversation, visitor_id=visitor))
    return visitor, conversation


async def _find_visitor(db: AsyncConnection, person: Person) -> tuple[str, str] | None:
    return await _visitor(db, VisitorRow.subject_hash == person.subject_hash)


async def _adopt(
    db: AsyncConnection, person: Person, anonymous: str | None
) -> tuple[str, str] | None:
    if anonymous is None:
        return None
    change = update(VisitorRow).where(VisitorRow.id == anonymous, VisitorRow.subject_hash.is_(None))
    adopted = await db.execute(change.values(subject_hash=person.subject_hash))
    if not adopted.rowcount:
        return None
    # What follows is the person's: no token from before may read it.
    await _revoke(db, SessionRow.visitor_id == anonymous)
    return await _visitor(db, VisitorRow.id == anonymous)


async def _visitor(db: AsyncConnection, condition: Any) -> tuple[str, str] | None:
    query = (
        select(VisitorRow.id, ConversationRow.id)
        .join(ConversationRow, ConversationRow.visitor_id == VisitorRow.id)
        .where(condition)
        # Nobody may erase the visitor before their session is stored.
        .with_for_update(read=True, key_share=True, of=VisitorRow)
    )
    found = (await db.execute(query)).first()
    return (found[0], found[1]) if found else None


async def _open_session(
    db: AsyncConnection, visitor: str, conversation: str, *, identified: bool
) -> Known:
    session = str(ULID())
    await db.execute(insert(SessionRow).values(id=session, visitor_id=visitor))
    return Known(session, visitor, conversation, identified, generation=0)


async def _known(db: AsyncConnection, session: str) -> Known | None:
    row = (await db.execute(_KNOWN, {"session": session})).first()
    if row is None:
        return None
    return Known(row[0], row[1], row[2], row[3] is not None, row[4], row[5] is not None)


async def _note_use(db: AsyncConnection, session: str, generation: int) -> None:
    change = update(SessionRow).where(
        SessionRow.id == session,
        SessionRow.generation == generation,
        SessionRow.used_at.is_(None),
    )
    await db.execute(change.values(used_at=now()))


async def _just_renewed(db: AsyncConnection, session: str, generation: int) -> bool:
    query = select(SessionRow.generation, SessionRow.used_at).where(SessionRow.id == session)
    newest, used_at = (await db.execute(query)).one()
    return generation == newest - 1 and (used_at is None or now() - used_at <= SAME_TOKEN)


async def _revoke(db: AsyncConnection, which: Any) -> CursorResult[Any]:
    change = update(SessionRow).where(which, SessionRow.revoked_at.is_(None))
    return await db.execute(change.values(revoked_at=now()))
