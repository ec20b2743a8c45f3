"""How turns were understood, what happened in guides, what reviewers decided."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go to the newer tables."""
    op.create_table(
        "turns",
        *_of_a_message(),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("version", sa.String(64)),
        sa.Column("intent", sa.String(64), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("understanding", sa.String(8), nullable=False),
        sa.Column("trouble", sa.String(8)),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("situation", sa.String(64)),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("ix_turns_conversation_id", "turns", ["conversation_id"])
    op.create_index("ix_turns_at", "turns", ["at"])
    op.create_table(
        "guide_events",
        *_of_a_message(),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("situation", sa.String(64)),
        sa.Column("check_id", sa.String(64)),
        sa.Column("value", sa.String(80)),
        sa.PrimaryKeyConstraint("message_id", "n"),
    )
    op.create_index("ix_guide_events_conversation_id", "guide_events", ["conversation_id"])
    op.create_index("ix_guide_events_at", "guide_events", ["at", "kind"])
    op.create_table(
        "reviews",
        *_of_a_message(),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("situation", sa.String(64)),
        sa.Column("text", sa.Text()),
        sa.Column("by", sa.String(128), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("ix_reviews_conversation_id", "reviews", ["conversation_id"])


def downgrade() -> None:
    """Go back to the older tables."""
    for table in ("reviews", "guide_events", "turns"):
        op.drop_table(table)


def _of_a_message() -> tuple[Any, ...]:
    return (
        sa.Column("message_id", sa.String(26), nullable=False),
        sa.Column("conversation_id", sa.String(26), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"]),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
    )
