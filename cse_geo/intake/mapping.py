"""The column mapping: a small TOML file that says which column of a file is which column of the return."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cse_geo.errors import UsageError
from cse_geo.intake.codes import FileCode, Problem, problem, refuse
from cse_geo.intake.names import is_person_column
from cse_geo.intake.raw import RawTable, plain_names
from cse_geo.schema import CODED_COLUMNS, PERSON_COLUMNS, RETURN_COLUMNS
from cse_geo.vocabulary import fold, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping as AbstractMapping
    from collections.abc import Sequence

_SECTIONS = {"columns", "values", "options"}
_OPTIONS = {"dayfirst", "ignore", "constant"}


@dataclass(frozen=True)
class Mapping:
    """Which column of a file is which column of the return, and how its values translate.

    Attributes
    ----------
    columns : return column -> the file's column
    values : return column -> {the file's value: our code}
    dayfirst : 03/04/2025 is 3 April
    ignore : columns of the file that are left behind unread
    constant : return column -> the value of every row
    targets : the columns it may name: those of the return, or of a register of premises
    """

    columns: AbstractMapping[str, str] = field(default_factory=dict)
    values: AbstractMapping[str, AbstractMapping[str, str]] = field(default_factory=dict)
    dayfirst: bool = False
    ignore: tuple[str, ...] = ()
    constant: AbstractMapping[str, str] = field(default_factory=dict)
    targets: tuple[str, ...] = RETURN_COLUMNS

    def __post_init__(self) -> None:
        _check_targets(self)
        _check_values(self)

    @classmethod
    def from_toml(cls, source: str | Path, *, targets: tuple[str, ...] = RETURN_COLUMNS) -> Mapping:
        """Return the mapping that a TOML text, or the file at a `Path`, holds; it may name the columns `targets`.

        Raises
        ------
        UsageError
            If it is not TOML, or names a section, column or code that does not exist.
        """
        text = source.read_text("utf-8") if isinstance(source, Path) else source
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            message = "The column mapping is not valid TOML. Compare it with the example in docs/returns.md."
            raise UsageError(message) from fault
        return _mapping_of(document, targets)

    def to_toml(self) -> str:
        """Return the mapping as TOML text that `from_toml` reads back to an equal mapping."""
        lines = ["[columns]", *_toml_pairs(self.columns)]
        for column, values in sorted(self.values.items()):
            lines += ["", f"[values.{column}]", *_toml_pairs(values)]
        lines += ["", "[options]", f"dayfirst = {str(self.dayfirst).lower()}"]
        lines += [f"ignore = [{', '.join(_toml_text(name) for name in self.ignore)}]"]
        lines += ["", "[options.constant]", *_toml_pairs(self.constant)] if self.constant else []
        return "\n".join(lines) + "\n"


def apply_mapping(raw: RawTable, mapping: Mapping | None = None) -> RawTable:
    """Return `raw` with the columns of the return only, renamed and with values translated.

    Without a mapping only names that are the same but for case, spaces and punctuation are taken.

    Raises
    ------
    InputRefusedError
        If a column is unknown, about a person, mapped but absent, or stands for a column already taken.
    """
    chosen = mapping or Mapping()
    sources = _sources(raw, chosen)
    frame = pd.DataFrame(
        {target: raw.frame.iloc[:, position] for target, position in sources.items()}, index=raw.frame.index
    )
    for column, codes in chosen.values.items():
        if column in frame:
            frame[column] = _translated(frame[column], codes)
    for column, value in chosen.constant.items():
        frame[column] = pd.array([value] * len(frame), dtype="str")
    return replace(raw, frame=frame, dayfirst=chosen.dayfirst or raw.dayfirst)


def _sources(raw: RawTable, mapping: Mapping) -> dict[str, int]:
    """Return return column -> position of the file's column, or refuse every column at fault at once."""
    names = list(raw.columns)
    shown = plain_names(names)
    target_of = {fold_or_text(column): target for target, column in mapping.columns.items()}
    ignored = {fold_or_text(name) for name in mapping.ignore}
    taken: dict[str, int] = {}
    faults: list[Problem] = []
    for position, name in enumerate(names):
        key = fold_or_text(name)
        target = target_of.get(key, key)
        if key in ignored:
            continue
        fault = _fault_of(name, target, taken)
        if fault:
            faults.append(problem(fault, column=shown[position]))
        else:
            taken[target] = position
    faults += _absent(names, mapping)
    if faults:
        if len(faults) == len(names) and not mapping.columns and not any(map(is_person_column, names)):
            refuse(problem(FileCode.NO_HEADER))  # the names may be a person's details: none is repeated
        refuse(*faults)
    return taken


def _fault_of(name: str, target: str, taken: dict[str, int]) -> FileCode | None:
    if is_person_column(name):
        return FileCode.FORBIDDEN_COLUMN
    if target not in RETURN_COLUMNS:
        return FileCode.UNKNOWN_COLUMN
    return FileCode.DUPLICATE_COLUMN if target in taken else None


def _absent(names: Sequence[str], mapping: Mapping) -> list[Problem]:
    have = {fold_or_text(name) for name in names}
    absent = [column for column in mapping.columns.values() if fold_or_text(column) not in have]
    return [problem(FileCode.MAPPED_COLUMN_ABSENT, column=name) for name in plain_names(absent)]


def _translated(values: pd.Series, codes: AbstractMapping[str, str]) -> pd.Series:
    table = {fold_or_text(value): code for value, code in codes.items()}
    place, uniques = pd.factorize(values)
    new = [table.get(fold_or_text(text), text) for text in uniques.tolist()] + [None]
    return pd.Series(pd.array(new, dtype="str").take(place), index=values.index)


def fold_or_text(name: str) -> str:
    """Return the folded name, or the name itself where folding leaves nothing of it (other scripts)."""
    return fold(name) or name.strip()


# ---------------------------------------- TOML
def _mapping_of(document: dict[str, Any], targets: tuple[str, ...]) -> Mapping:
    _refuse_extra(set(document) - _SECTIONS, "section")
    options = document.get("options", {})
    _refuse_extra(set(options) - _OPTIONS, "option")
    try:
        return Mapping(
            columns=_texts(document.get("columns", {})),
            values={column: _texts(codes) for column, codes in document.get("values", {}).items()},
            dayfirst=_flag(options.get("dayfirst", False)),
            ignore=tuple(_text(name) for name in options.get("ignore", [])),
            constant=_texts(options.get("constant", {})),
            targets=targets,
        )
    except (AttributeError, TypeError) as fault:
        message = "The column mapping has a value of the wrong kind. Compare it with docs/returns.md."
        raise UsageError(message) from fault


def _refuse_extra(names: set[str], what: str) -> None:
    if names:
        message = f"The column mapping has an unknown {what}: {', '.join(sorted(names))}."
        raise UsageError(message)


def _texts(pairs: dict[str, Any]) -> dict[str, str]:
    return {key: _text(value) for key, value in pairs.items()}


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = "not text"
        raise TypeError(message)
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        message = "not true or false"
        raise TypeError(message)
    return value


def _check_targets(mapping: Mapping) -> None:
    for section, names in (("columns", mapping.columns), ("constant", mapping.constant)):
        unknown = sorted(set(names) - set(mapping.targets))
        if unknown:
            whole = (
                "the return" if mapping.targets is RETURN_COLUMNS else f"it ({', '.join(mapping.targets)})"
            )
            message = f"The column mapping's {section} name {', '.join(unknown)}, not a column of {whole}."
            raise UsageError(message)
    both = sorted(set(mapping.columns) & set(mapping.constant))
    if both:
        message = f"The column mapping gives {', '.join(both)} both a column and a constant. Keep one."
        raise UsageError(message)
    persons = sorted(set(mapping.constant) & {*PERSON_COLUMNS, "event_ref"})
    if persons:
        message = f"The column mapping sets {', '.join(persons)} to one value for every row: not true."
        raise UsageError(message)
    folded = [fold_or_text(column) for column in mapping.columns.values()]
    if len(set(folded)) < len(folded):
        message = "The column mapping uses one column of the file for two columns of the return."
        raise UsageError(message)


def _check_values(mapping: Mapping) -> None:
    for column, codes in mapping.values.items():
        if column not in CODED_COLUMNS:
            message = f"The column mapping translates values of {column}, which has no list of codes."
            raise UsageError(message)
        known = vocabulary(CODED_COLUMNS[column]).codes
        unknown = sorted({code for code in codes.values() if code not in known})
        if unknown:
            message = f"The column mapping uses codes that {column} does not have: {', '.join(unknown)}."
            raise UsageError(message)


def _toml_pairs(pairs: AbstractMapping[str, str]) -> list[str]:
    return [f"{_toml_text(key)} = {_toml_text(value)}" for key, value in sorted(pairs.items())]


def _toml_text(text: str) -> str:
    # JSON's escapes are TOML's, but for DEL, which TOML forbids bare
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
