"""The tables of the trainers' console: who may come in, and who is in.

A change needs a migration: `make migration`, see gateway/migrations/.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.tables import Base, UtcTime, now


class TrainerRow(Base):
    """Somebody who may use the console: `role` is trainer (may change) or reader (may look)."""

    __tablename__ = "trainers"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    password: Mapped[str] = mapped_column(String(255))  # scrypt, with its salt and costs
    role: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class TrainerSessionRow(Base):
    """A browser that is logged in; without its row its cookie opens nothing."""

    __tablename__ = "trainer_sessions"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    trainer: Mapped[str] = mapped_column(ForeignKey("trainers.name"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
