"""Every table of the store, as SQLAlchemy Core: portable types only, so that PostgreSQL takes the same.

Dates are whole microseconds since 1970 (BIGINT), H3 cells are signed 64-bit integers, geometries are WKB in
WGS84. The migrations build these tables; a test compares the two.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from cse_geo import schema

CELL_COLUMNS = tuple(f"h3_{resolution}" for resolution in schema.CELL_RESOLUTIONS)

_TYPES = {
    "str": sa.Text,
    "int64": sa.BigInteger,
    "float64": sa.Double,
    "bool": sa.Boolean,
    "datetime": sa.BigInteger,
    "geometry": sa.LargeBinary,
}

metadata = sa.MetaData()


def _columns_of(spec: schema.FrameSpec, *, keys: tuple[str, ...] = ()) -> list[sa.Column[Any]]:
    return [
        sa.Column(
            column.name,
            _TYPES[column.dtype],
            primary_key=column.name in keys,
            autoincrement=False,
            nullable=not column.required,
        )
        for column in spec.columns
    ]


def _text(name: str, *, required: bool = True, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=not required, primary_key=key)


def _number(name: str, *, required: bool = True, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=not required, primary_key=key, autoincrement=False)


# What the store knows about itself: id, created, synthetic, version, chain, secret of the tombstones.
meta = sa.Table("meta", metadata, _text("name", key=True), _text("value"))

# One row per write: the manifest outside the database is compared with it.
changes = sa.Table(
    "changes", metadata, _number("version", key=True), _text("time"), _text("what"), _text("chain")
)

imports = sa.Table(
    "imports",
    metadata,
    _text("import_id", key=True),
    _text("agency"),
    _text("sha256"),
    _text("imported_at"),
    _text("state"),
    _text("period_from", required=False),
    _text("period_to", required=False),
    _text("mapping_sha256"),
    _text("vocabulary_version"),
    _text("definition"),
    _text("difficulties"),
    *(
        _number(name)
        for name in (
            "n_rows", "n_rejected", "n_new", "n_corrected", "n_unchanged", "n_repeated", "n_erased",
        )
    ),
    sa.UniqueConstraint("agency", "sha256", name="uq_imports_agency_sha256"),
)  # fmt: skip

# Rejected rows are never stored; this is all that stays of them.
problem_counts = sa.Table(
    "problem_counts",
    metadata,
    sa.Column("import_id", sa.Text, sa.ForeignKey("imports.import_id"), primary_key=True),
    _text("code", key=True),
    _number("n"),
)

# Current and superseded records. `content` is a digest of the typed columns: it tells a correction from a
# row that was merely sent again.
records = sa.Table(
    "records",
    metadata,
    _number("seq", key=True),
    sa.Column("import_id", sa.Text, sa.ForeignKey("imports.import_id"), nullable=False),
    sa.Column("superseded_by", sa.Text, sa.ForeignKey("imports.import_id"), nullable=True),
    _text("content"),
    *_columns_of(schema.RECORDS),
)
sa.Index("ix_records_record_id", records.c.record_id)
sa.Index("ix_records_child_key", records.c.child_key)

locations = sa.Table(
    "locations",
    metadata,
    sa.Column(
        "seq",
        sa.BigInteger,
        sa.ForeignKey("records.seq", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    *(column for column in _columns_of(schema.LOCATIONS) if column.name != "record_id"),
    *(_number(name, required=False) for name in CELL_COLUMNS),
)

# Keyed digests of erased subjects and records: enough to know one again, not enough to say who it was.
tombstones = sa.Table(
    "tombstones", metadata, _text("kind", key=True), _text("digest", key=True), _text("erased_at")
)

agencies = sa.Table("agencies", metadata, *_columns_of(schema.AGENCIES, keys=("agency",)))
coverage = sa.Table("coverage", metadata, *_columns_of(schema.COVERAGE, keys=("agency", "area", "month")))

layers = sa.Table(
    "layers",
    metadata,
    _text("layer", key=True),
    _text("vintage", required=False),
    _text("source"),
    _text("licence"),
    _text("sha256"),
    _text("added_at"),
    _number("n_areas"),
    _text("repairs"),
)
areas = sa.Table(
    "areas",
    metadata,
    _number("position", key=True),
    *_columns_of(schema.AREAS),
)
sa.Index("ix_areas_layer", areas.c.layer)

places = sa.Table("places", metadata, *_columns_of(schema.PLACES, keys=("register", "place_id")))
exposure = sa.Table(
    "exposure", metadata, *_columns_of(schema.EXPOSURE, keys=("cell",)), _number("resolution")
)
basemap = sa.Table("basemap", metadata, _number("position", key=True), *_columns_of(schema.BASEMAP))

gazetteer = sa.Table(
    "gazetteer",
    metadata,
    _text("kind", key=True),
    _text("file", key=True),
    _text("vintage"),
    _text("licence"),
    _text("attribution"),
    _text("sha256"),
    _text("file_sha256"),
    _number("n_rows"),
    _text("added_at"),
)

policies = sa.Table(
    "policies", metadata, _number("number", key=True), _text("content"), _text("set_by"), _text("set_at")
)
users = sa.Table(
    "users",
    metadata,
    _text("user", key=True),
    _text("role"),
    _text("agency"),
    _text("purposes"),
    sa.Column("active", sa.Boolean, nullable=False),
    _text("secret"),
)

audit = sa.Table("audit", metadata, *_columns_of(schema.AUDIT, keys=("seq",)))

# What was ever released: the public part as a document, and which group each record was in. The second is
# what the signature gate needs, and never leaves the store.
releases = sa.Table(
    "releases",
    metadata,
    _number("number", key=True),
    _text("release_id"),
    _text("audience"),
    _text("content"),
    _text("built_at"),
)
release_members = sa.Table(
    "release_members",
    metadata,
    _text("record_id", key=True),
    _number("signature"),
    _text("subject"),
)
# Two people stand behind whatever is served: what was proposed, approved, refused or retired, and by whom.
release_steps = sa.Table(
    "release_steps",
    metadata,
    _number("number", key=True),
    *(_text(name) for name in ("release_id", "step", "made_by", "made_at")),
)

# Who to ask across a border, per agency and area: a post and how to reach it, never a private person.
contacts = sa.Table(
    "contacts",
    metadata,
    _text("agency", key=True),
    _text("layer", key=True),
    _text("area", key=True),
    _text("post"),
    _text("reach"),
)
# What a meeting decided about a shared place: only ever added to; the newest row of a place is in force. A place
# is its cells, so that a decision outlives the labels of a run. An empty lead is "unowned".
border_decisions = sa.Table(
    "border_decisions",
    metadata,
    _number("number", key=True),
    _text("cells"),
    _number("resolution"),
    _text("lead"),
    _text("next_step"),
    _text("decided_by"),
    _text("decided_on"),
    _text("reference"),
    _text("recorded_at"),
)
# Files of cell counts that came and went between partnerships.
exchange_files = sa.Table(
    "exchange_files",
    metadata,
    _text("direction", key=True),
    _text("sender", key=True),
    _number("sequence", key=True),
    _text("digest"),
    _text("period_from"),
    _text("period_to"),
    _text("content"),
    _text("added_at"),
)

# What was decided about a place and what came of it: each change is a new revision; the newest is in force. A
# place is its cells, so that an action outlives the labels of a run.
actions = sa.Table(
    "actions",
    metadata,
    _number("number", key=True),
    _number("revision", key=True),
    _number("resolution"),
    *(
        _text(name)
        for name in (
            "cells", "place", "layer_areas", "owner", "action", "due", "review", "safeguarding_step",
            "safeguarding_owner", "status", "outcome", "outcome_on", "decided_by", "decided_on", "meeting",
            "changed_by", "changed_at",
        )
    ),
)  # fmt: skip
meetings = sa.Table(
    "meetings",
    metadata,
    _number("number", key=True),
    *(_text(name) for name in ("held_on", "title", "period_from", "period_to", "recorded_by", "recorded_at")),
)
# Who sat in a meeting (posts and agencies, never names), which places it saw, which actions it decided.
meeting_parts = sa.Table(
    "meeting_parts",
    metadata,
    _number("meeting", key=True),
    _number("line", key=True),
    *(_text(name) for name in ("kind", "words")),
)
# What a patrol or an outreach round came back with: of its own kind, never a record of concern.
visits = sa.Table(
    "visits",
    metadata,
    _number("number", key=True),
    _number("minutes"),
    *(_text(name) for name in ("kind", "plan", "place", "visited_at", "seen", "recorded_by", "recorded_at")),
)
# Places not for tasking until a day. Why is not kept anywhere: what is not here cannot be told.
embargoes = sa.Table(
    "embargoes",
    metadata,
    _number("number", key=True),
    _number("resolution"),
    *(_text(name) for name in ("cells", "until", "set_by", "set_at")),
)
# Every numbered copy that left, and what it named: a correction goes to whoever holds a copy.
exported_copies = sa.Table(
    "exported_copies",
    metadata,
    _number("number", key=True),
    *(_text(name) for name in ("copy", "kind", "recipient", "places", "sha256", "made_by", "made_at")),
)
corrections = sa.Table(
    "corrections",
    metadata,
    _number("number", key=True),
    *(_text(name) for name in ("place", "words", "made_by", "made_at")),
    sa.Column("kind", sa.Text(), nullable=False, server_default="detail"),
)
# Whoever holds a copy that a correction bears on, once that reader was told.
corrections_told = sa.Table(
    "corrections_told",
    metadata,
    _number("number", key=True),
    _number("correction"),
    *(_text(name) for name in ("copy", "told_by", "told_at")),
    sa.Column("kind", sa.Text(), nullable=False, server_default="sent"),
)

# What people decided about waiting places: only ever added to. A cluster is a keyed digest of what its records
# share, so that a decision does not keep words of a record. `refers_to` is the decision that an undo takes back.
review_decisions = sa.Table(
    "review_decisions",
    metadata,
    _number("number", key=True),
    _text("cluster"),
    _text("kind"),
    _text("action"),
    _number("refers_to"),
    _number("choice"),
    _number("n_records"),
    *(_text(name, required=False) for name in ("level", "area_layer", "area_code")),
    *(sa.Column(name, sa.Double, nullable=True) for name in ("lat", "lon", "r95_m")),
    _text("why"),
    sa.Column("sampled", sa.Boolean, nullable=False),
    *(_text(name) for name in ("decided_by", "agency", "reference", "decided_at")),
)
sa.Index("ix_review_decisions_cluster", review_decisions.c.cluster)
# What an agency calls a place ("the rec"): proposed by one person, approved by another, until a day.
place_aliases = sa.Table(
    "place_aliases",
    metadata,
    _number("number", key=True),
    _text("alias"),
    _text("level"),
    *(sa.Column(name, sa.Double, nullable=False) for name in ("lat", "lon", "r95_m")),
    *(
        _text(name)
        for name in (
            "agency", "why", "proposed_by", "proposed_at", "approved_by", "approved_at", "valid_to", "withdrawn_at",
        )
    ),
)  # fmt: skip
# How well places were found on labelled records: counts and Wilson intervals per level and evidence class.
calibrations = sa.Table(
    "calibrations",
    metadata,
    _number("number", key=True),
    _text("grouping", key=True),
    _text("name", key=True),
    *(_number(name) for name in ("n", "n_inside", "n_right")),
    *(
        sa.Column(name, sa.Double, nullable=True)
        for name in ("coverage_low", "coverage_high", "precision_low", "precision_high", "multiplier")
    ),
    *(_text(name) for name in ("file_sha256", "set_by", "set_at")),
)

# What must not be deleted, for which case, until when; `ended_at` is empty while a hold is in force.
holds = sa.Table(
    "holds",
    metadata,
    _number("number", key=True),
    *(_text(name) for name in ("reference", "agency", "event_ref", "until", "set_by", "set_at", "ended_at")),
)

# What changed the looking and from which day: training, operations, contributors, systems. No words of anybody's.
markers = sa.Table(
    "markers",
    metadata,
    _number("number", key=True),
    *(_text(name) for name in ("day", "kind", "agency", "area", "set_by", "set_at", "ended_at")),
)
