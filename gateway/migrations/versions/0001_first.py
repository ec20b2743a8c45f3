"""The tables of the first version: conversations, messages, choices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(26), sa.ForeignKey("conversations.id"), nullable=False
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(9), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_to", sa.String(26), sa.ForeignKey("messages.id")),
        sa.Column("client_id", sa.String(36)),
        sa.Column("state", sa.String(7)),
        sa.Column("choice_id", sa.String(32)),
        sa.Column("to_rasa", sa.Text()),
        sa.Column("turn_id", sa.String(26)),
        sa.Column("page", sa.String(200)),
        sa.UniqueConstraint("conversation_id", "seq"),
        sa.UniqueConstraint("conversation_id", "client_id"),
    )
    op.create_index("ix_messages_reply_to", "messages", ["reply_to"])
    _create_choices()


def _create_choices() -> None:
    op.create_table(
        "choices",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(26), sa.ForeignKey("conversations.id"), nullable=False
        ),
        sa.Column("message_id", sa.String(26), sa.ForeignKey("messages.id"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("more", sa.Boolean(), nullable=False),
        sa.Column("to_rasa", sa.Text(), nullable=False),
        sa.Column("turn_id", sa.String(26)),
    )
    op.create_index("ix_choices_message", "choices", ["message_id", "position"])


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("choices")
    op.drop_table("messages")
    op.drop_table("conversations")
