"""What the gateway asks of its store, in the words of conversations and messages."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from ulid import ULID

from gateway.schemas import OutgoingChoice, OutgoingMessage
from gateway.store.engine import open_engine
from gateway.store.tables import Base, ChoiceRow, ConversationRow, MessageRow
from gateway.store.values import AcceptedMessage, NewMessage, OfferedChoice, Reply, Sender, State
from gateway.store.views import outgoing


class Store:
    """Reads and writes conversations; every method is one transaction."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)

    async def start(self) -> None:
        """Create what is missing in the database."""
        async with self._engine.begin() as db:
            await db.run_sync(Base.metadata.create_all)

    async def stop(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    async def ping(self) -> None:
        """Raise SQLAlchemyError where the database does not answer."""
        async with self._engine.connect() as db:
            await db.execute(text("SELECT 1"))

    async def create_conversation(self) -> str:
        """Return the id of a new conversation."""
        conversation = str(ULID())
        async with self._engine.begin() as db:
            await db.execute(insert(ConversationRow).values(id=conversation))
        return conversation

    async def has_conversation(self, conversation: str) -> bool:
        """Whether `conversation` exists."""
        query = select(ConversationRow.id).where(ConversationRow.id == conversation)
        async with self._engine.connect() as db:
            return await db.scalar(query) is not None

    async def find_message(self, conversation: str, client_id: str) -> AcceptedMessage | None:
        """Return the user's message that came with `client_id`, if it did."""
        query = select(MessageRow).where(
            MessageRow.conversation_id == conversation, MessageRow.client_id == client_id
        )
        async with self._engine.connect() as db:
            row = (await db.execute(query)).mappings().first()
        return _accepted(row) if row else None

    async def find_choice(self, conversation: str, choice: str) -> OfferedChoice | None:
        """Return the choice, if it was offered in that conversation."""
        return await self._offered(
            ChoiceRow.id == choice, ChoiceRow.conversation_id == conversation
        )

    async def find_retry(self, conversation: str) -> OfferedChoice | None:
        """Return the offer to repeat a turn, if the last message of `conversation` made it."""
        last = select(func.max(MessageRow.seq)).where(MessageRow.conversation_id == conversation)
        owner = select(MessageRow.id).where(
            MessageRow.conversation_id == conversation, MessageRow.seq == last.scalar_subquery()
        )
        return await self._offered(
            ChoiceRow.message_id == owner.scalar_subquery(), ChoiceRow.turn_id.is_not(None)
        )

    async def _offered(self, *conditions: ColumnElement[bool]) -> OfferedChoice | None:
        columns = (ChoiceRow.id, ChoiceRow.label, ChoiceRow.to_rasa, ChoiceRow.turn_id)
        async with self._engine.connect() as db:
            row = (await db.execute(select(*columns).where(*conditions))).first()
        return OfferedChoice(*row) if row else None

    async def accept(self, conversation: str, new: NewMessage) -> AcceptedMessage:
        """Store a message of the user's before anything is done about it."""
        message = str(ULID())
        choice = new.choice
        turn = choice.turn_id if choice and choice.turn_id else message
        values = {
            "client_id": new.client_id,
            "state": "pending",
            "to_rasa": new.to_rasa,
            "turn_id": turn,
            "page": new.page,
            "choice_id": choice.id if choice else None,
        }
        async with self._engine.begin() as db:
            await _append(db, message, conversation, "user", new.shown, **values)
        return AcceptedMessage(message, conversation, "pending", new.to_rasa, turn, new.page)

    async def settle(
        self, message: AcceptedMessage, state: State, replies: Sequence[Reply]
    ) -> None:
        """Store the answers to `message` and what became of it, all or nothing."""
        async with self._engine.begin() as db:
            for reply in replies:
                await _add_reply(db, message, reply)
            change = update(MessageRow).where(MessageRow.id == message.id).values(state=state)
            await db.execute(change)

    async def answers(self, message: AcceptedMessage) -> list[OutgoingMessage]:
        """Return what was answered to `message`, in order."""
        return await self._read(MessageRow.reply_to == message.id)

    async def history(self, conversation: str, after: int) -> list[OutgoingMessage]:
        """Return the messages with a higher `seq` than `after`, both directions, in order."""
        return await self._read(MessageRow.conversation_id == conversation, MessageRow.seq > after)

    async def _read(self, *conditions: ColumnElement[bool]) -> list[OutgoingMessage]:
        messages = select(MessageRow).where(*conditions).order_by(MessageRow.seq)
        offered = (
            select(ChoiceRow.message_id, ChoiceRow.id, ChoiceRow.label, ChoiceRow.more)
            .join(MessageRow, MessageRow.id == ChoiceRow.message_id)
            .where(*conditions)
            .order_by(ChoiceRow.message_id, ChoiceRow.position)
        )
        async with self._engine.connect() as db:
            rows = (await db.execute(messages)).mappings().all()
            choices: dict[str, list[OutgoingChoice]] = {}
            for owner, choice, label, more in await db.execute(offered):
                shown = OutgoingChoice(id=choice, label=label, more=more)
                choices.setdefault(owner, []).append(shown)
        return [outgoing(row, choices.get(row["id"])) for row in rows]


async def _append(
    db: AsyncConnection, message: str, conversation: str, sender: Sender, shown: str, **values: Any
) -> None:
    # The number is found inside the statement that writes, so that nobody comes between.
    last = select(func.coalesce(func.max(MessageRow.seq), 0) + 1).where(
        MessageRow.conversation_id == conversation
    )
    values |= {"conversation_id": conversation, "sender": sender, "text": shown}
    await db.execute(insert(MessageRow).values(id=message, seq=last.scalar_subquery(), **values))


async def _add_reply(db: AsyncConnection, message: AcceptedMessage, reply: Reply) -> None:
    owner = str(ULID())
    values = {"reply_to": message.id, "parts": reply.parts}
    await _append(db, owner, message.conversation, reply.sender, reply.text, **values)
    rows = [
        {
            "id": secrets.token_urlsafe(16),
            "conversation_id": message.conversation,
            "message_id": owner,
            "position": position,
            "label": choice.label,
            "more": choice.more,
            "to_rasa": choice.to_rasa,
            "turn_id": choice.turn_id,
        }
        for position, choice in enumerate(reply.choices)
    ]
    if rows:
        await db.execute(insert(ChoiceRow), rows)


def _accepted(row: Any) -> AcceptedMessage:
    return AcceptedMessage(
        id=row["id"],
        conversation=row["conversation_id"],
        state=row["state"],
        to_rasa=row["to_rasa"],
        turn_id=row["turn_id"],
        page=row["page"],
    )
