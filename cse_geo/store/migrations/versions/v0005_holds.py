"""Legal holds: what must not be deleted, for which case, until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "holds",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("reference", "agency", "event_ref", "until", "set_by", "set_at", "ended_at")
        ),
        sa.PrimaryKeyConstraint("number"),
    )
