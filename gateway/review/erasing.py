"""Takes one message's words out of the gateway's store, for the personal data in them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.text import fold, shorten
from gateway.store.desk_tables import LabelRow
from gateway.store.tables import ChoiceRow, MessageRow
from trainer.review.masking import words

# As the sheet of a case quotes somebody's words: assistant.dialogue.handoff.
QUOTED = 400
# Fewer characters ("oi") may stand anywhere, and name nobody.
LEAST_QUOTED = 8


async def erase_words(db: AsyncConnection, message: str) -> None:
    """Put a sentence in the place of a message's words, wherever the gateway keeps them.

    Within a transaction that holds the conversation's lock. Rasa's tracker and the cases keep
    theirs until the conversation is erased.
    """
    row = MessageRow
    query = select(row.text, row.turn_id, row.conversation_id).where(row.id == message)
    text, turn, conversation = (await db.execute(query)).one()
    erased = words().erased
    mine = update(row).where(row.id == message)
    await db.execute(mine.values(text=erased, to_rasa=erased, page=None))
    retry = update(ChoiceRow).where(
        ChoiceRow.turn_id == turn, ChoiceRow.conversation_id == conversation
    )
    await db.execute(retry.values(to_rasa=erased))
    await _labels(db, conversation, text, erased)
    await _quotes(db, conversation, text, erased)


async def _labels(db: AsyncConnection, conversation: str, text: str, erased: str) -> None:
    query = select(LabelRow.id, LabelRow.text).where(LabelRow.conversation_id == conversation)
    for id, label in (await db.execute(query)).all():
        if fold(label) == fold(text):
            await db.execute(update(LabelRow).where(LabelRow.id == id).values(text=erased))


async def _quotes(db: AsyncConnection, conversation: str, text: str, erased: str) -> None:
    """Replace the words where other messages quote them, as the summary of a case does."""
    quotes = {quote for quote in (text, shorten(text, QUOTED)) if len(quote) >= LEAST_QUOTED}
    row = MessageRow
    query = select(row.id, row.text, row.parts).where(row.conversation_id == conversation)
    for id, said, parts in (await db.execute(query)).all():
        changed = _without(said, quotes, erased), _without(parts, quotes, erased)
        if changed != (said, parts):
            change = update(row).where(row.id == id)
            await db.execute(change.values(text=changed[0], parts=changed[1]))


def _without(value: Any, quotes: set[str], erased: str) -> Any:
    if isinstance(value, str):
        for quote in sorted(quotes, key=len, reverse=True):
            value = value.replace(quote, erased)
        return value
    if isinstance(value, dict):
        return {name: _without(one, quotes, erased) for name, one in value.items()}
    if isinstance(value, list):
        return [_without(one, quotes, erased) for one in value]
    return value
