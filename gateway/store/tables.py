"""The tables. Every id is a ULID, but for the random ids of choices."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """What the gateway's tables have in common."""


class ConversationRow(Base):
    """One visitor's conversation."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)


class MessageRow(Base):
    """A message in either direction, in the order of `seq` within its conversation."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id"),
        Index("ix_messages_reply_to", "reply_to"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    sender: Mapped[str] = mapped_column(String(9))  # user, assistant, system
    text: Mapped[str] = mapped_column(Text)
    parts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    # What the assistant and the system say answers a message of the user's.
    reply_to: Mapped[str | None] = mapped_column(ForeignKey("messages.id"))
    # Only the user's own messages have these.
    client_id: Mapped[str | None] = mapped_column(String(36))
    state: Mapped[str | None] = mapped_column(String(7))  # pending, done, failed
    choice_id: Mapped[str | None] = mapped_column(String(32))
    to_rasa: Mapped[str | None] = mapped_column(Text)  # text made safe, or a payload
    turn_id: Mapped[str | None] = mapped_column(String(26))  # the message id that Rasa is given
    page: Mapped[str | None] = mapped_column(String(200))


class ChoiceRow(Base):
    """A choice that was offered, with what Rasa is sent for it."""

    __tablename__ = "choices"
    __table_args__ = (Index("ix_choices_message", "message_id", "position"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(Text)
    more: Mapped[bool] = mapped_column(default=False)
    to_rasa: Mapped[str] = mapped_column(Text)
    turn_id: Mapped[str | None] = mapped_column(String(26))  # set where it repeats a turn
