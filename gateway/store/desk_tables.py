"""The tables of cases that were handed over, and of the places that hear of conversations.

A change here needs a migration: `make migration`, see gateway/migrations/.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.tables import Base, UtcTime, now


class HandoffRow(Base):
    """A case that was handed over, and who has its conversation now."""

    __tablename__ = "handoffs"
    __table_args__ = (Index("ix_handoffs_due", "state", "due_at"),)

    # The number that the action server gave the case.
    case_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    state: Mapped[str] = mapped_column(String(9))  # waiting, person, assistant, closed
    holder_id: Mapped[str | None] = mapped_column(String(128), index=True)
    holder_name: Mapped[str | None] = mapped_column(String(80))
    opened_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    # Since when it has been in its state.
    changed_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    # When somebody should have assumed it, or answered; then it is raised.
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    raised: Mapped[int] = mapped_column(default=0)
    # The number of its newest event; the row's lock keeps two writers from the same number.
    events: Mapped[int] = mapped_column(default=0)


class HandoffEventRow(Base):
    """A change of a case, its time and reason; it stands after the message `after_seq`."""

    __tablename__ = "handoff_events"

    case_number: Mapped[int] = mapped_column(ForeignKey("handoffs.case_number"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(9))  # the state that it led to
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    who_id: Mapped[str | None] = mapped_column(String(128))
    who_name: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(Text)
    after_seq: Mapped[int]


class DeliveryRow(Base):
    """A place that a conversation is delivered to, and how far: an outbox with a cursor.

    A "talk" is an agent's own conversation in Slack or Teams, a "case" a handed-over one.
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_work", "retry_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    case_number: Mapped[int | None] = mapped_column(ForeignKey("handoffs.case_number"), index=True)
    sink: Mapped[str] = mapped_column(String(16))  # slack, teams, email, webhook
    # A hash of the place, so that there is one delivery for each.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # What the outlet keeps: ids of what it posted.
    memory: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    seen_seq: Mapped[int] = mapped_column(default=0)
    seen_event: Mapped[int] = mapped_column(default=0)
    # What is being sent; still set after a crash, whose outcome nobody knows.
    attempting: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str | None] = mapped_column(String(80))
    retry_at: Mapped[datetime | None] = mapped_column(UtcTime)
    leased_by: Mapped[str | None] = mapped_column(String(26))
    leased_until: Mapped[datetime | None] = mapped_column(UtcTime)


class LabelRow(Base):
    """What an agent said a conversation was about: an example for the trainers."""

    __tablename__ = "labels"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    taken_for: Mapped[str | None] = mapped_column(String(64))
    situation: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class PlatformEventRow(Base):
    """The id of an event of Slack's or Teams' that was taken: each works once."""

    __tablename__ = "platform_events"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # a hash
    at: Mapped[datetime] = mapped_column(UtcTime, default=now, index=True)
