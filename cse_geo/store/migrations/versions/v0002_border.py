"""Across the border: contacts, decisions about shared places, files of counts that came and went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "contacts",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("agency", "layer", "area", "post", "reach")
        ),
        sa.PrimaryKeyConstraint("agency", "layer", "area"),
    )
    op.create_table(
        "border_decisions",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("resolution", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("lead", "next_step", "decided_by", "decided_on", "reference", "recorded_at")
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "exchange_files",
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("digest", "period_from", "period_to", "content", "added_at")
        ),
        sa.PrimaryKeyConstraint("direction", "sender", "sequence"),
    )
