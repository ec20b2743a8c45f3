"""Which bundle, and which model, an answer comes from

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables what this version needs."""
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("version", sa.String(20)))
        table.add_column(sa.Column("model", sa.String(64)))


def downgrade() -> None:
    """Go back to the older tables."""
    with op.batch_alter_table("messages") as table:
        table.drop_column("model")
        table.drop_column("version")
