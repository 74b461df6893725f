"""What a meeting saw and who sat in it; what kind of correction was made, and who was told of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    """Make two tables, and give corrections a kind."""
    op.create_table(
        "meeting_parts",
        _number("meeting"),
        _number("line"),
        *_texts("kind", "words"),
        sa.PrimaryKeyConstraint("meeting", "line"),
    )
    op.create_table(
        "corrections_told",
        _number("number"),
        _number("correction"),
        *_texts("copy", "told_by", "told_at"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.add_column("corrections", sa.Column("kind", sa.Text(), nullable=False, server_default="detail"))
