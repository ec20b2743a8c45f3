"""Who may use the trainers' console, and who is logged in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go to the newer tables."""
    op.create_table(
        "trainers",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "trainer_sessions",
        sa.Column("id_hash", sa.String(64), nullable=False),
        sa.Column("trainer", sa.String(64), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["trainer"], ["trainers.name"]),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_index("ix_trainer_sessions_trainer", "trainer_sessions", ["trainer"])


def downgrade() -> None:
    """Go back to the older tables."""
    for table in ("trainer_sessions", "trainers"):
        op.drop_table(table)
