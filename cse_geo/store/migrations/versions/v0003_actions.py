"""What people do next: actions and their outcomes, meetings, visits, places not for tasking, exported copies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the six tables."""
    op.create_table(
        "actions",
        *_numbers("number", "revision", "resolution"),
        *_texts(
            "cells", "place", "layer_areas", "owner", "action", "due", "review", "safeguarding_step",
            "safeguarding_owner", "status", "outcome", "outcome_on", "decided_by", "decided_on", "meeting",
            "changed_by", "changed_at",
        ),
        sa.PrimaryKeyConstraint("number", "revision"),
    )  # fmt: skip
    op.create_table(
        "meetings",
        *_numbers("number"),
        *_texts("held_on", "title", "period_from", "period_to", "recorded_by", "recorded_at"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "visits",
        *_numbers("number", "minutes"),
        *_texts("kind", "plan", "place", "visited_at", "seen", "recorded_by", "recorded_at"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "embargoes",
        *_numbers("number", "resolution"),
        *_texts("cells", "until", "set_by", "set_at"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "exported_copies",
        *_numbers("number"),
        *_texts("copy", "kind", "recipient", "places", "sha256", "made_by", "made_at"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "corrections",
        *_numbers("number"),
        *_texts("place", "words", "made_by", "made_at"),
        sa.PrimaryKeyConstraint("number"),
    )


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
