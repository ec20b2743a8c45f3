"""What visitors thought of answers, in the store."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from gateway.store.engine import Database
from gateway.store.tables import ConversationRow, FeedbackRow, MessageRow, now


class FeedbackStore:
    """Keeps one judgement for each answer, the newest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, conversation: str, seq: int, helpful: bool, reason: str | None) -> bool:
        """Store a judgement of the assistant's message `seq`; False where there is no such one."""
        # The conversation first, as everywhere: two that lock in another order wait for ever.
        lock = select(ConversationRow.id).where(ConversationRow.id == conversation)
        answer = select(MessageRow.id).where(
            MessageRow.conversation_id == conversation,
            MessageRow.seq == seq,
            MessageRow.sender == "assistant",
        )
        values = {"helpful": helpful, "reason": reason, "at": now()}
        async with self._database.writing() as db:
            await db.execute(lock.with_for_update(key_share=True))
            message = await db.scalar(answer)
            if message is None:
                return False
            change = update(FeedbackRow).where(FeedbackRow.message_id == message)
            if not (await db.execute(change.values(**values))).rowcount:
                owner = {"message_id": message, "conversation_id": conversation}
                await db.execute(insert(FeedbackRow).values(**owner, **values))
        return True
