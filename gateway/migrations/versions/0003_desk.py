"""Cases that are handed over, the places that hear of conversations, labels for the trainers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go to the newer tables."""
    op.create_table(
        "platform_events",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("platform_events") as table:
        table.create_index("ix_platform_events_at", ["at"])

    op.create_table(
        "handoffs",
        sa.Column("case_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.String(26), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("holder_id", sa.String(128)),
        sa.Column("holder_name", sa.String(80)),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("case_number"),
    )
    with op.batch_alter_table("handoffs") as table:
        table.create_index("ix_handoffs_conversation_id", ["conversation_id"])
        table.create_index("ix_handoffs_due", ["state", "due_at"])
        table.create_index("ix_handoffs_holder_id", ["holder_id"])

    op.create_table(
        "labels",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("conversation_id", sa.String(26), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("taken_for", sa.String(64)),
        sa.Column("situation", sa.String(64), nullable=False),
        sa.Column("by", sa.String(128), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("labels") as table:
        table.create_index("ix_labels_conversation_id", ["conversation_id"])

    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("conversation_id", sa.String(26), nullable=False),
        sa.Column("case_number", sa.Integer()),
        sa.Column("sink", sa.String(16), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("seen_seq", sa.Integer(), nullable=False),
        sa.Column("seen_event", sa.Integer(), nullable=False),
        sa.Column("attempting", sa.String(40)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(80)),
        sa.Column("retry_at", _TIME),
        sa.Column("leased_by", sa.String(26)),
        sa.Column("leased_until", _TIME),
        sa.ForeignKeyConstraint(["case_number"], ["handoffs.case_number"]),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("deliveries") as table:
        table.create_index("ix_deliveries_case_number", ["case_number"])
        table.create_index("ix_deliveries_conversation_id", ["conversation_id"])
        table.create_index("ix_deliveries_work", ["retry_at"])

    op.create_table(
        "handoff_events",
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("who_id", sa.String(128)),
        sa.Column("who_name", sa.String(80)),
        sa.Column("reason", sa.Text()),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["handoffs.case_number"]),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("case_number", "n"),
    )
    with op.batch_alter_table("handoff_events") as table:
        table.create_index("ix_handoff_events_conversation_id", ["conversation_id"])

    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("holder", sa.String(9)))
        table.add_column(sa.Column("holder_name", sa.String(80)))
        table.add_column(sa.Column("case_number", sa.Integer()))

    op.execute("UPDATE conversations SET holder = 'assistant'")
    with op.batch_alter_table("conversations") as table:
        table.alter_column("holder", existing_type=sa.String(9), nullable=False)
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("via", sa.String(26)))


def downgrade() -> None:
    """Go back to the older tables."""
    with op.batch_alter_table("messages") as table:
        table.drop_column("via")

    with op.batch_alter_table("conversations") as table:
        table.drop_column("case_number")
        table.drop_column("holder_name")
        table.drop_column("holder")

    with op.batch_alter_table("handoff_events") as table:
        table.drop_index("ix_handoff_events_conversation_id")

    op.drop_table("handoff_events")
    with op.batch_alter_table("deliveries") as table:
        table.drop_index("ix_deliveries_work")
        table.drop_index("ix_deliveries_conversation_id")
        table.drop_index("ix_deliveries_case_number")

    op.drop_table("deliveries")
    with op.batch_alter_table("labels") as table:
        table.drop_index("ix_labels_conversation_id")

    op.drop_table("labels")
    with op.batch_alter_table("handoffs") as table:
        table.drop_index("ix_handoffs_holder_id")
        table.drop_index("ix_handoffs_due")
        table.drop_index("ix_handoffs_conversation_id")

    op.drop_table("handoffs")
    with op.batch_alter_table("platform_events") as table:
        table.drop_index("ix_platform_events_at")

    op.drop_table("platform_events")
