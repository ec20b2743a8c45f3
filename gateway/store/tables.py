"""The tables. Every id is a ULID, but for the random ids of choices.

A change here needs a migration: `make migration`, see gateway/migrations/.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# As much another gateway's clock may be ahead of ours.
AHEAD_SECONDS = 5.0


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def waited(since: datetime) -> float:
    """Return the seconds since a stored moment.

    One that lies in the future was stored before the clock was set back: how long ago is unknown,
    so it counts as long.
    """
    seconds = (now() - since).total_seconds()
    return seconds if seconds > -AHEAD_SECONDS else inf


class UtcTime(TypeDecorator[datetime]):
    """A time in UTC, also from SQLite, which forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time to be stored, in UTC: SQLite would keep another zone's hour as it is."""
        return value.astimezone(UTC) if value and value.tzinfo else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time with its zone."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Base(DeclarativeBase):
    """What the gateway's tables have in common."""


class VisitorRow(Base):
    """A person: anonymous, or named by the site whose login they came from."""

    __tablename__ = "visitors"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    # The hash of the site's name and of its subject: who it is, without keeping who it is.
    subject_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class SessionRow(Base):
    """A browser that holds tokens of a visitor; revoked, its tokens open nothing."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    visitor_id: Mapped[str] = mapped_column(ForeignKey("visitors.id"), index=True)
    # Which renewal token is the newest; an older one that comes back was stolen or copied.
    generation: Mapped[int] = mapped_column(default=0)
    renewed_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    # When a token of the newest generation was first used: before that, its browser may never
    # have got it, and the generation before still renews.
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SpentRow(Base):
    """The id of a site's token that was exchanged for a session: each works once."""

    __tablename__ = "spent_tokens"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # a hash
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class ConversationRow(Base):
    """One visitor's conversation; they have one, on all their devices."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_work", "waiting", "retry_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    visitor_id: Mapped[str] = mapped_column(ForeignKey("visitors.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcTime, default=now, index=True)
    # The `seq` of the newest message; the row's lock keeps two writers from the same number.
    last_seq: Mapped[int] = mapped_column(default=0)
    # The open guide as the last turn left it: {"situation": id, "check": id}.
    guide: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # One consumer at a time: whoever holds an unexpired lease answers.
    leased_by: Mapped[str | None] = mapped_column(String(26))
    leased_until: Mapped[datetime | None] = mapped_column(UtcTime)
    waiting: Mapped[bool] = mapped_column(default=False)  # has pending messages
    retry_at: Mapped[datetime | None] = mapped_column(UtcTime)
    # Who has it: assistant, waiting (for the team), person, closed; kept by store/handoffs.py.
    holder: Mapped[str] = mapped_column(String(9), default="assistant")
    holder_name: Mapped[str | None] = mapped_column(String(80))
    case_number: Mapped[int | None]  # the newest case


class MessageRow(Base):
    """A message in either direction, in the order of `seq` within its conversation.

    The user's rows are the inbox, all others the outbox.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id"),
        Index("ix_messages_reply_to", "reply_to"),
        Index("ix_messages_state", "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    sender: Mapped[str] = mapped_column(String(9))  # user, assistant, system, person
    text: Mapped[str] = mapped_column(Text)
    parts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    # What the assistant and the system say answers a message of the user's.
    reply_to: Mapped[str | None] = mapped_column(ForeignKey("messages.id"))
    # A fallback stands in for an answer; an answer that comes after one is late.
    mark: Mapped[str | None] = mapped_column(String(8))  # fallback, late
    # Only the user's own messages have these.
    client_id: Mapped[str | None] = mapped_column(String(36))
    state: Mapped[str | None] = mapped_column(String(9))  # pending, done, set_aside
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str | None] = mapped_column(String(80))  # the last failure's kind, never a text
    fell_back_at: Mapped[datetime | None] = mapped_column(UtcTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    choice_id: Mapped[str | None] = mapped_column(String(32))
    to_rasa: Mapped[str | None] = mapped_column(Text)  # text made safe, or a payload
    turn_id: Mapped[str | None] = mapped_column(String(26))  # the message id that Rasa is given
    page: Mapped[str | None] = mapped_column(String(200))
    request_id: Mapped[str | None] = mapped_column(String(36))
    # The delivery in whose thread a person wrote it, which already shows it.
    via: Mapped[str | None] = mapped_column(String(26))
    # The bundle and the model of Rasa's that an answer of the assistant's comes from.
    version: Mapped[str | None] = mapped_column(String(20))
    model: Mapped[str | None] = mapped_column(String(64))


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


class FeedbackRow(Base):
    """What a visitor thought of one answer: a thumb, and a reason if they gave one."""

    __tablename__ = "feedback"

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    helpful: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class ErasureRow(Base):
    """A conversation that was erased here, until every other store has erased it too.

    The row stays as a tombstone: a restored backup is erased again from this list.
    """

    __tablename__ = "erasures"

    conversation_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    reason: Mapped[str] = mapped_column(String(9))  # asked, retention
    asked_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    # Which other stores are still to erase it: tracker, cases.
    left: Mapped[list[str]] = mapped_column(JSON, default=list)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
