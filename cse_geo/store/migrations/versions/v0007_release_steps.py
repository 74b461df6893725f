"""Who proposed, approved, refused and retired each release; whether a correction was sent or acknowledged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of steps; releases of before have none, so they wait for somebody's approval."""
    op.create_table(
        "release_steps",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("release_id", "step", "made_by", "made_at")
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.add_column("corrections_told", sa.Column("kind", sa.Text(), nullable=False, server_default="sent"))
