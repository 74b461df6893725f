"""Files in: returns and point files to tables of text, by allow-list; no column is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo.lazy import attributes

if TYPE_CHECKING:
    from cse_geo.intake.bulk import BulkTable, open_table
    from cse_geo.intake.codes import SENTENCES, FileCode
    from cse_geo.intake.mapping import Mapping, apply_mapping
    from cse_geo.intake.names import Suggestion, is_person_column, suggest_mapping, synonyms_of
    from cse_geo.intake.pointblocks import PointColumns
    from cse_geo.intake.pointfiles import PointLimits
    from cse_geo.intake.points import PointCounts, Points, read_points, recognise_police_uk
    from cse_geo.intake.raw import Limits, RawTable
    from cse_geo.intake.sandbox import ChildParams, read_table_sandboxed
    from cse_geo.intake.table import read_table
    from cse_geo.intake.template import write_template

# Point files need none of the readers of workbooks.
_HOMES = {
    "cse_geo.intake.bulk": "BulkTable open_table",
    "cse_geo.intake.codes": "SENTENCES FileCode",
    "cse_geo.intake.mapping": "Mapping apply_mapping",
    "cse_geo.intake.names": "Suggestion is_person_column suggest_mapping synonyms_of",
    "cse_geo.intake.pointblocks": "PointColumns",
    "cse_geo.intake.pointfiles": "PointLimits",
    "cse_geo.intake.points": "PointCounts Points read_points recognise_police_uk",
    "cse_geo.intake.raw": "Limits RawTable",
    "cse_geo.intake.sandbox": "ChildParams read_table_sandboxed",
    "cse_geo.intake.table": "read_table",
    "cse_geo.intake.template": "write_template",
}
if not TYPE_CHECKING:
    __getattr__ = attributes(__name__, _HOMES)

__all__ = [
    "SENTENCES",
    "BulkTable",
    "ChildParams",
    "FileCode",
    "Limits",
    "Mapping",
    "PointColumns",
    "PointCounts",
    "PointLimits",
    "Points",
    "RawTable",
    "Suggestion",
    "apply_mapping",
    "is_person_column",
    "open_table",
    "read_points",
    "read_table",
    "read_table_sandboxed",
    "recognise_police_uk",
    "suggest_mapping",
    "synonyms_of",
    "write_template",
]
