"""The review queue: decisions with their history, names that agencies use for places, calibrations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _doubles(*names: str, nullable: bool = True) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Double(), nullable=nullable) for name in names]


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "review_decisions",
        _number("number"),
        *_texts("cluster", "kind", "action"),
        *(_number(name) for name in ("refers_to", "choice", "n_records")),
        *_texts("level", "area_layer", "area_code", nullable=True),
        *_doubles("lat", "lon", "r95_m"),
        *_texts("why"),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        *_texts("decided_by", "agency", "reference", "decided_at"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_review_decisions_cluster", "review_decisions", ["cluster"])
    op.create_table(
        "place_aliases",
        _number("number"),
        *_texts("alias", "level"),
        *_doubles("lat", "lon", "r95_m", nullable=False),
        *_texts("agency", "why", "proposed_by", "proposed_at", "approved_by", "approved_at"),
        *_texts("valid_to", "withdrawn_at"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "calibrations",
        _number("number"),
        *_texts("grouping", "name"),
        *(_number(name) for name in ("n", "n_inside", "n_right")),
        *_doubles("coverage_low", "coverage_high", "precision_low", "precision_high", "multiplier"),
        *_texts("file_sha256", "set_by", "set_at"),
        sa.PrimaryKeyConstraint("number", "grouping", "name"),
    )
