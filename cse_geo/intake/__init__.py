"""Files in: returns and point files to tables of text, by allow-list; no column is guessed."""

from cse_geo.intake.codes import SENTENCES, FileCode
from cse_geo.intake.mapping import Mapping, apply_mapping
from cse_geo.intake.names import Suggestion, is_person_column, suggest_mapping
from cse_geo.intake.raw import Limits, RawTable
from cse_geo.intake.table import read_table

__all__ = [
    "SENTENCES",
    "FileCode",
    "Limits",
    "Mapping",
    "RawTable",
    "Suggestion",
    "apply_mapping",
    "is_person_column",
    "read_table",
    "suggest_mapping",
]
