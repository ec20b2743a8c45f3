"""Visitors, sessions, feedback, erasures; the inbox and its leases.

Each old conversation gets a visitor of its own; messages that failed become set aside.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go to the newer tables."""
    _create_people()
    _create_records()
    _widen_conversations()
    _fill_conversations()
    _close_conversations()
    with op.batch_alter_table("messages") as table:
        table.alter_column("state", existing_type=sa.String(7), type_=sa.String(9))
        table.add_column(sa.Column("mark", sa.String(8)))
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("fault", sa.String(80)))
        table.add_column(sa.Column("fell_back_at", _TIME))
        table.add_column(sa.Column("settled_at", _TIME))
        table.add_column(sa.Column("request_id", sa.String(36)))
        table.create_index("ix_messages_state", ["state", "created_at"])
    with op.batch_alter_table("messages") as table:
        table.alter_column("attempts", existing_type=sa.Integer(), server_default=None)
    op.execute("UPDATE messages SET state = 'set_aside' WHERE state = 'failed'")


def downgrade() -> None:
    """Go back to the older tables."""
    op.execute("UPDATE messages SET state = 'failed' WHERE state = 'set_aside'")
    with op.batch_alter_table("messages") as table:
        table.drop_index("ix_messages_state")
        for name in ("request_id", "settled_at", "fell_back_at", "fault", "attempts", "mark"):
            table.drop_column(name)
        table.alter_column("state", existing_type=sa.String(9), type_=sa.String(7))
    with op.batch_alter_table("conversations") as table:
        table.drop_index("ix_conversations_work")
        table.drop_index("ix_conversations_changed_at")
        table.drop_constraint("uq_conversations_visitor_id", type_="unique")
        table.drop_constraint("fk_conversations_visitor_id", type_="foreignkey")
        for name in ("retry_at", "waiting", "leased_until", "leased_by", "guide", "last_seq"):
            table.drop_column(name)
        table.drop_column("changed_at")
        table.drop_column("visitor_id")
    for name in ("erasures", "feedback", "spent_tokens", "sessions", "visitors"):
        op.drop_table(name)


def _create_people() -> None:
    op.create_table(
        "visitors",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("subject_hash", sa.String(64), unique=True),
        sa.Column("created_at", _TIME, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("visitor_id", sa.String(26), sa.ForeignKey("visitors.id"), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("renewed_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME),
        sa.Column("revoked_at", _TIME),
    )
    op.create_index("ix_sessions_visitor_id", "sessions", ["visitor_id"])
    op.create_table(
        "spent_tokens",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("expires_at", _TIME, nullable=False),
    )
    op.create_index("ix_spent_tokens_expires_at", "spent_tokens", ["expires_at"])


def _create_records() -> None:
    op.create_table(
        "feedback",
        sa.Column("message_id", sa.String(26), sa.ForeignKey("messages.id"), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(26), sa.ForeignKey("conversations.id"), nullable=False
        ),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(500)),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_index("ix_feedback_conversation_id", "feedback", ["conversation_id"])
    op.create_table(
        "erasures",
        sa.Column("conversation_id", sa.String(26), primary_key=True),
        sa.Column("reason", sa.String(9), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("done_at", _TIME),
    )


def _widen_conversations() -> None:
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("visitor_id", sa.String(26)))
        table.add_column(sa.Column("changed_at", _TIME))
        table.add_column(sa.Column("last_seq", sa.Integer()))
        table.add_column(sa.Column("guide", sa.JSON()))
        table.add_column(sa.Column("leased_by", sa.String(26)))
        table.add_column(sa.Column("leased_until", _TIME))
        table.add_column(sa.Column("waiting", sa.Boolean()))
        table.add_column(sa.Column("retry_at", _TIME))


def _fill_conversations() -> None:
    # The ids are ULIDs of two tables: taking the conversation's for its visitor harms nothing.
    op.execute("INSERT INTO visitors (id, created_at) SELECT id, created_at FROM conversations")
    op.execute(
        """
        UPDATE conversations SET
            visitor_id = id,
            changed_at = COALESCE((SELECT MAX(m.created_at) FROM messages AS m
                                   WHERE m.conversation_id = conversations.id), created_at),
            last_seq = COALESCE((SELECT MAX(m.seq) FROM messages AS m
                                 WHERE m.conversation_id = conversations.id), 0),
            waiting = EXISTS (SELECT 1 FROM messages AS m
                              WHERE m.conversation_id = conversations.id AND m.state = 'pending')
        """
    )


def _close_conversations() -> None:
    with op.batch_alter_table("conversations") as table:
        for name, kind in (
            ("visitor_id", sa.String(26)),
            ("changed_at", _TIME),
            ("last_seq", sa.Integer()),
            ("waiting", sa.Boolean()),
        ):
            table.alter_column(name, existing_type=kind, nullable=False)
        table.create_unique_constraint("uq_conversations_visitor_id", ["visitor_id"])
        table.create_foreign_key("fk_conversations_visitor_id", "visitors", ["visitor_id"], ["id"])
        table.create_index("ix_conversations_changed_at", ["changed_at"])
        table.create_index("ix_conversations_work", ["waiting", "retry_at"])
