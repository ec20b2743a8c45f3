"""What was said, heard and done, put into a store at once: for tests of review and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from ulid import ULID

from gateway.store.engine import Database
from gateway.store.reading_tables import GuideEventRow, TurnRow
from gateway.store.tables import ConversationRow, MessageRow, VisitorRow, now

Happened = tuple[str, ...]


@dataclass
class Written:
    """Rows about to be stored; `at` is when the next message comes."""

    at: datetime = field(default_factory=lambda: now() - timedelta(days=1))
    visitors: list[dict[str, Any]] = field(default_factory=list)
    conversations: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def person(self) -> str:
        """Let someone arrive; return their conversation."""
        visitor, conversation = str(ULID()), str(ULID())
        self.visitors.append({"id": visitor, "created_at": self.at})
        row = {"id": conversation, "visitor_id": visitor, "created_at": self.at}
        more = {"changed_at": self.at, "last_seq": 0, "waiting": False, "holder": "assistant"}
        self.conversations.append(row | more)
        return conversation

    def says(
        self,
        conversation: str,
        text: str,
        *happened: Happened,
        trouble: str | None = None,
        understanding: str = "sure",
        intent: str = "slowness",
        candidates: Sequence[str] = (),
        choice: str | None = None,
        situation: str | None = None,
        answer: str | None = "Certo.",
    ) -> str:
        """Let someone write, and something happen as (kind, situation, check, value).

        Returns the message's id; a minute passes.
        """
        self.at += timedelta(minutes=1)
        id = self._message(conversation, "user", text, choice_id=choice, state="done")
        owner = {"message_id": id, "conversation_id": conversation, "at": self.at}
        turn = {"intent": intent, "confidence": 0.4, "understanding": understanding}
        more = {"trouble": trouble, "candidates": list(candidates), "situation": situation}
        self.turns.append(owner | turn | more | {"version": "m1"})
        for n, one in enumerate(happened):
            kind, place, check, value = (*one, None, None, None)[:4]
            event = {"n": n, "kind": kind, "situation": place, "check_id": check, "value": value}
            self.events.append(owner | event)
        if answer:
            self._message(conversation, "assistant", answer, reply_to=id)
        return id

    def _message(self, conversation: str, sender: str, text: str, **more: Any) -> str:
        row = next(c for c in reversed(self.conversations) if c["id"] == conversation)
        row["last_seq"] += 1
        id = str(ULID())
        base = {"id": id, "conversation_id": conversation, "seq": row["last_seq"], "parts": {}}
        rest = {"sender": sender, "text": text, "created_at": self.at, "to_rasa": text}
        names = {"choice_id": None, "state": None, "reply_to": None, "turn_id": id}
        self.messages.append(base | rest | names | more | {"attempts": 0})
        return id

    async def store(self, database: Database) -> None:
        """Store all of it."""
        tables = (
            (VisitorRow, self.visitors),
            (ConversationRow, self.conversations),
            (MessageRow, self.messages),
            (TurnRow, self.turns),
            (GuideEventRow, self.events),
        )
        async with database.writing() as db:
            for table, rows in tables:
                if rows:
                    await db.execute(insert(table), rows)
