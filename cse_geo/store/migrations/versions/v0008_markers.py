"""Markers of training, operations, contributors and systems: what changed the looking, and from which day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "markers",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("day", "kind", "agency", "area", "set_by", "set_at", "ended_at")
        ),
        sa.PrimaryKeyConstraint("number"),
    )
