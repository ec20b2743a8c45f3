"""The tables of what turns were taken for, what happened in guides, and what reviewers decided.

A read model for review and figures: the dialogue itself stands in Rasa's tracker, and nothing here
steers it. A change needs a migration: `make migration`, see gateway/migrations/.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.tables import Base, UtcTime, now


class TurnRow(Base):
    """How one message was understood; no words of anybody."""

    __tablename__ = "turns"

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now, index=True)
    version: Mapped[str | None] = mapped_column(String(64))  # the model that understood it
    intent: Mapped[str] = mapped_column(String(64))
    confidence: Mapped[float] = mapped_column(Float)
    understanding: Mapped[str] = mapped_column(String(8))  # sure, torn, neither, chosen
    trouble: Mapped[str | None] = mapped_column(String(8))  # unsure, refused
    candidates: Mapped[list[str]] = mapped_column(JSON, default=list)
    situation: Mapped[str | None] = mapped_column(String(64))  # the guide open after it


class GuideEventRow(Base):
    """One thing that happened in a guide, by number within the message that brought it about.

    `kind` and `value` are those of assistant.dialogue.heard.Happening, and `opened`: then the
    message is the assistant's, and `n` the place of the article in it.
    """

    __tablename__ = "guide_events"
    __table_args__ = (Index("ix_guide_events_at", "at", "kind"),)

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    kind: Mapped[str] = mapped_column(String(16))
    situation: Mapped[str | None] = mapped_column(String(64))
    check_id: Mapped[str | None] = mapped_column(String(64))
    value: Mapped[str | None] = mapped_column(String(80))


class ReviewRow(Base):
    """What a trainer decided about a message; `version` grows with each decision."""

    __tablename__ = "reviews"

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    # example, new_situation, article_missing, out_of_scope, personal_data, later
    decision: Mapped[str] = mapped_column(String(16))
    situation: Mapped[str | None] = mapped_column(String(64))
    # The phrase that was accepted, masked; only with an example.
    text: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    version: Mapped[int] = mapped_column(default=1)
