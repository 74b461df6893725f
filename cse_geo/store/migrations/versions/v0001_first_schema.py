"""The first schema: records with their history, locations, reference tables, audit, releases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "agencies",
        sa.Column("agency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("force", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("definition", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("difficulties", sa.Text(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("agency"),
    )
    op.create_table(
        "areas",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("layer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("vintage", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("geometry", sa.LargeBinary(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("ix_areas_layer", "areas", ["layer"], unique=False)
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("time", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("agency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("what", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("n_rows", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("export_sha256", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "basemap",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("geometry", sa.LargeBinary(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_table(
        "changes",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "coverage",
        sa.Column("agency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("area", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("month", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("agency", "area", "month"),
    )
    op.create_table(
        "exposure",
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("children", sa.Double(), autoincrement=False, nullable=False),
        sa.Column("footfall", sa.Double(), autoincrement=False, nullable=False),
        sa.Column("district", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("resolution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("cell"),
    )
    op.create_table(
        "gazetteer",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("vintage", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("n_rows", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "file"),
    )
    op.create_table(
        "imports",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Text(), nullable=True),
        sa.Column("period_to", sa.Text(), nullable=True),
        sa.Column("mapping_sha256", sa.Text(), nullable=False),
        sa.Column("vocabulary_version", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("difficulties", sa.Text(), nullable=False),
        sa.Column("n_rows", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n_rejected", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n_new", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n_corrected", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n_unchanged", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n_repeated", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n_erased", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("import_id"),
        sa.UniqueConstraint("agency", "sha256", name="uq_imports_agency_sha256"),
    )
    op.create_table(
        "layers",
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("vintage", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.Column("n_areas", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("repairs", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("layer"),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "places",
        sa.Column("place_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("place_type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("lat", sa.Double(), autoincrement=False, nullable=False),
        sa.Column("lon", sa.Double(), autoincrement=False, nullable=False),
        sa.Column("town", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("uprn", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("register", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("place_id", "register"),
    )
    op.create_table(
        "policies",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "release_members",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record_id"),
    )
    op.create_table(
        "releases",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("built_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "tombstones",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("erased_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "digest"),
    )
    op.create_table(
        "users",
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user"),
    )
    op.create_table(
        "problem_counts",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.import_id"],
        ),
        sa.PrimaryKeyConstraint("import_id", "code"),
    )
    op.create_table(
        "records",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("row", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("event_ref", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("record_type", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("model", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("event_start", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("event_end", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("report_date", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("disclosure_date", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("place_role", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("place_type", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("location_text", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("postcode", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("grid_ref", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("easting", sa.Double(), autoincrement=False, nullable=True),
        sa.Column("northing", sa.Double(), autoincrement=False, nullable=True),
        sa.Column("lat", sa.Double(), autoincrement=False, nullable=True),
        sa.Column("lon", sa.Double(), autoincrement=False, nullable=True),
        sa.Column("uprn", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("premises_name", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("town", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("precision", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("leg_to_place_type", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("leg_to_location_text", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("leg_mode", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("child_key", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("adult_key", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("vehicle_key", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("n_children_band", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("source_grade", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("intelligence_grade", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("handling_code", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("confidence", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("checked_status", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("review_date", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.import_id"],
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"],
            ["imports.import_id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_records_child_key", "records", ["child_key"], unique=False)
    op.create_index("ix_records_record_id", "records", ["record_id"], unique=False)
    op.create_table(
        "locations",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("lat", sa.Double(), autoincrement=False, nullable=True),
        sa.Column("lon", sa.Double(), autoincrement=False, nullable=True),
        sa.Column("r95_m", sa.Double(), autoincrement=False, nullable=True),
        sa.Column("evidence", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("provenance", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("h3_max_res", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("area_layer", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("area_code", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("reason", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("h3_7", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("h3_8", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("h3_9", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("h3_10", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["records.seq"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{what.lower()} BEFORE {what} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END"
            )
