"""What trainers decide about messages, kept so that two of them do not overwrite each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.normalise import MAX_CHARACTERS
from gateway.review.erasing import erase_words
from gateway.store.engine import Database
from gateway.store.reading_tables import ReviewRow
from gateway.store.tables import ConversationRow, MessageRow, now
from trainer.review.items import DECISIONS, Decision
from trainer.review.masking import mask_example

# Decisions that keep the phrase, and the intent that it is an example of where none is named.
_KEPT: dict[str, str | None] = {"example": None, "out_of_scope": "out_of_scope"}
MOST_AT_ONCE = 500
LONGEST_NAME = 128
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Conflict(Exception):
    """Someone else decided in the meantime; nothing was changed."""

    def __init__(self, message: str, decision: str, by: str, at: datetime) -> None:
        super().__init__(message)
        self.message, self.decision, self.by, self.at = message, decision, by, at


class UnknownMessage(Exception):
    """A message is not there, or was erased; nothing was changed."""


@dataclass(frozen=True)
class Accepted:
    """A phrase that a trainer accepted, masked: to be added to the examples of `intent`."""

    message: str
    intent: str
    text: str
    by: str
    at: datetime


class Deciding:
    """Writes decisions; those of an erased conversation are erased with it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def decide(
        self,
        seen: Mapping[str, int],
        decision: Decision,
        by: str,
        situation: str | None = None,
        text: str | None = None,
    ) -> dict[str, int]:
        """Decide about messages, all or none; return their new versions.

        `seen` has the version of each message as whoever decides saw it (0: undecided); `text`
        takes the place of the words of a single message, and is masked like them. Raises Conflict,
        UnknownMessage, or ValueError, in Portuguese, for what is no decision.
        """
        _check(seen, decision, by, situation, text)
        async with self._database.writing() as db:
            rows = await _locked(db, seen)
            await _compare(db, seen)
            for row in rows:
                kept = _phrase(decision, text if text is not None else row.text)
                values = {"decision": decision, "situation": situation, "text": kept, "by": by}
                await _store(db, row, seen[row.id], {**values, "at": now()})
                if decision == "personal_data":
                    await erase_words(db, row.id)
        return {message: version + 1 for message, version in seen.items()}

    async def accepted(self, since: datetime | None = None) -> list[Accepted]:
        """Return the phrases that became examples (since then), oldest first."""
        row = ReviewRow
        query = select(row.message_id, row.decision, row.situation, row.text, row.by, row.at).where(
            row.decision.in_(_KEPT), row.text.is_not(None)
        )
        if since:
            query = query.where(row.at >= since.astimezone(UTC))
        async with self._database.reading() as db:
            rows: Any = await db.execute(query.order_by(row.at, row.message_id))
            return [
                Accepted(id, situation or str(_KEPT[decision]), text, by, at)
                for id, decision, situation, text, by, at in rows
            ]


def _check(
    seen: Mapping[str, int], decision: str, by: str, situation: str | None, text: str | None
) -> None:
    if decision not in DECISIONS:
        raise ValueError(f"decisão desconhecida: {decision!r}; use uma de {', '.join(DECISIONS)}")
    if not 0 < len(seen) <= MOST_AT_ONCE:
        raise ValueError(f"Marque de 1 a {MOST_AT_ONCE} mensagens.")
    if not 0 < len(by) <= LONGEST_NAME:
        raise ValueError("Falta o nome de quem decide.")
    if decision == "example" and not situation:
        raise ValueError("Escolha a situação de que a mensagem é exemplo.")
    if situation is not None and not _NAME.fullmatch(situation):
        raise ValueError(f"{situation!r} não é um nome de situação; use minúsculas e _")
    if text is not None:
        _check_text(seen, text)


def _check_text(seen: Mapping[str, int], text: str) -> None:
    if len(seen) > 1 or not text.strip():
        raise ValueError("O texto corrigido vale para uma mensagem só, e não pode ficar vazio.")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"O texto corrigido passa de {MAX_CHARACTERS} caracteres; encurte.")


def _phrase(decision: str, text: str) -> str | None:
    return mask_example(text) if decision in _KEPT else None


async def _locked(db: AsyncConnection, seen: Mapping[str, int]) -> Sequence[Any]:
    """Lock the conversations, so that neither a second decision nor an erasure comes between."""
    query = select(MessageRow.id, MessageRow.conversation_id, MessageRow.text)
    query = query.where(MessageRow.id.in_(seen), MessageRow.sender == "user")
    found = {row.conversation_id for row in await db.execute(query)}
    lock = select(ConversationRow.id).where(ConversationRow.id.in_(found))
    await db.execute(lock.order_by(ConversationRow.id).with_for_update(key_share=True))
    rows = (await db.execute(query.order_by(MessageRow.id))).all()
    if len(rows) != len(seen):
        raise UnknownMessage(next(iter(seen.keys() - {row.id for row in rows})))
    return rows


async def _compare(db: AsyncConnection, seen: Mapping[str, int]) -> None:
    row = ReviewRow
    query = select(row.message_id, row.version, row.decision, row.by, row.at)
    for message, version, decision, by, at in await db.execute(
        query.where(row.message_id.in_(seen)).order_by(row.message_id)
    ):
        if version != seen[message]:
            raise Conflict(message, decision, by, at)
    known = set(await db.scalars(select(row.message_id).where(row.message_id.in_(seen))))
    if gone := [m for m, version in seen.items() if version and m not in known]:
        raise UnknownMessage(gone[0])


async def _store(db: AsyncConnection, row: Any, seen: int, values: dict[str, Any]) -> None:
    if seen:
        change = update(ReviewRow).where(ReviewRow.message_id == row.id)
        await db.execute(change.values(**values, version=seen + 1))
    else:
        owner = {"message_id": row.id, "conversation_id": row.conversation_id, "version": 1}
        await db.execute(insert(ReviewRow).values(**owner, **values))
