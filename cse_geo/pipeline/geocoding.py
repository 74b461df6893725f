"""Any CSV of location texts, placed part by part: bounded memory, resumable, with a report of what was matched."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from cse_geo import geocode, intake, schema, store
from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.outputs.guard import guard_cell
from cse_geo.pipeline.aliases import today
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.geocode_report import counted_words, missing_words, report_of
from cse_geo.pipeline.relocate import gazetteer_state, locate_params, reference_tables
from cse_geo.pipeline.sources import sources_of
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cse_geo.safeguards import Session

# Our columns that say where, and what files call them first, before what returns call them (folded).
_NAMES = {
    "location_text": ("location", "where", "text", "address", "location_description", "where_own_words"),
    "premises_name": ("premises", "name_of_place", "venue", "business_name", "name"),
    "town": ("town_village", "city", "post_town"),
    "postcode": ("post_code", "pcds"),
    "lat": ("latitude",),
    "lon": ("long", "lng", "longitude"),
    "easting": ("x", "eastings", "x_coordinate"),
    "northing": ("y", "northings", "y_coordinate"),
    "grid_ref": ("grid_reference", "gridref"),
    "uprn": (),
    "place_type": (),
    "precision": (),
}
_PLACED = (
    "status", "level", "lat", "lon", "r95_m", "h3_max_res", "evidence", "area_layer", "area_code", "reason",
    "provenance",
)  # fmt: skip
_DECIMALS = {"lat": 6, "lon": 6, "r95_m": 0}


@dataclass(frozen=True)
class GeocodeRequest:
    """Which columns say where, how many rows at a time, and a column to report by.

    Parameters
    ----------
    columns
        Our column -> the file's; those not named are found by their usual names.
    by
        A column of the file by which the report counts what was placed: agency, area, kind of source.
    agency
        Whose words they are: the aliases of that agency count too, beside those that are everybody's.
    chunk_rows
        Rows held in memory at a time.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    by: str | None = None
    agency: str = ""
    chunk_rows: int = 20_000


@dataclass(frozen=True)
class GeocodeOutcome:
    """What became of a file: the report (`geocode_report.report_of`), and what it comes to in words."""

    report: pd.DataFrame
    words: str
    missing: tuple[str, ...] = ()  # values of the file's own columns of which less is placed
    notices: tuple[str, ...] = ()  # licences of the gazetteers it was placed with
    synthetic: bool = False
    problems: pd.DataFrame | None = None  # what is to be said of the file: PROBLEMS, notes only


def geocode_file(
    opened: store.Store,
    path: Path,
    out: Path,
    *,
    session: Session,
    request: GeocodeRequest,
    progress: Callable[[int], None] = lambda _: None,
) -> GeocodeOutcome:
    """Place every row of a CSV file and write it with what is known of its place.

    Parameters
    ----------
    opened
        The store whose gazetteers are used.
    path
        CSV of any length, or a workbook or GeoJSON of at most 50 MB.
    out
        CSV to write: the columns of the file, then `geo_...`, of which `geo_row` is the file's own row. Parts
        already done of the same file with the same columns and gazetteers, in the folder beside it, are not done
        again.
    session
        Who asks.
    request
        Columns and sizes.
    progress
        Called with the number of rows done.

    Raises
    ------
    InputRefusedError
        If the file cannot be read, or no column says where.
    UsageError
        If a named column is not in the file, or `out` is not a CSV.
    """
    if out.suffix.lower() != ".csv":
        message = "`--output` must end in .csv."
        raise UsageError(message)
    table = intake.open_table(path)
    columns = _columns_of(table, request)
    enter(opened, session, Act("view", "consultation", "geocode_file"))
    tables, on = reference_tables(opened), today()
    aliases = store.load_aliases(opened, in_force_on=on)
    placing = _Placing(tables, locate_params(opened), aliases, request.agency or "file")
    state = gazetteer_state(opened, tables, on=on)
    parts = _parts_folder(out, _fingerprint(path, columns, request, state))
    done = 0
    unread: Counter[str] = Counter()
    for number, chunk in enumerate(table.chunks(request.chunk_rows)):
        part = parts / f"part-{number:05d}.csv"
        if not part.exists():
            placed = _placed(chunk, columns, placing)
            new = part.with_suffix(".new")
            placed.to_csv(new, index=False)
            new.replace(part)
        done += len(chunk)
        unread += _unread(chunk, columns)
        progress(done)
    own: dict[str, str] = {name: columns[name] for name in ("town", "place_type") if name in columns}
    own |= {request.by: request.by} if request.by else {}
    report = report_of(parts.glob("part-*.csv"), own, store.load_areas(opened, layers=["local_authority"]))
    _join(parts, out)
    return GeocodeOutcome(
        report,
        counted_words(report, done),
        missing_words(report, tuple(own)),
        sources_of(opened),
        opened.is_synthetic,
        _said(table, unread),
    )


def _columns_of(table: intake.BulkTable, request: GeocodeRequest) -> dict[str, str]:
    """Return our column -> the file's."""
    lost = [name for name in (*request.columns.values(), request.by) if name and name not in table.names]
    if lost:
        message = f"The file has no column {', '.join(lost)}."
        raise UsageError(message)
    by_name = {fold(column): column for column in reversed(table.names)}
    found: dict[str, str] = {}
    for ours, others in _NAMES.items():
        usual = (ours, *others, *intake.synonyms_of(ours))
        free = (by_name[n] for n in usual if n in by_name and by_name[n] not in found.values())
        name = request.columns.get(ours) or next(free, None)
        if name:
            found[ours] = name
    if not set(found) - {"place_type", "precision", "town"}:
        message = "No column of the file says where: name one with --text."
        raise InputRefusedError(message)
    return found


def _unread(chunk: pd.DataFrame, columns: Mapping[str, str]) -> Counter[str]:
    """Return how many cells of columns of numbers hold something else, which is not used."""
    lost: Counter[str] = Counter()
    for name in set(columns) & set(schema.NUMBER_COLUMNS):
        cells = chunk[columns[name]]
        bad = int((cells.str.strip().ne("") & _numbers(cells).isna()).sum())
        lost[name] = bad
    return lost


def _numbers(cells: pd.Series) -> pd.Series:
    """Return cells as numbers; a space between thousands can mean nothing else and is passed over."""
    bare = cells.str.replace(r"^\s*(\d{1,3})\s(\d{3})(?:\s(\d{3}))?\s*$", r"\1\2\3", regex=True)
    return pd.to_numeric(bare, errors="coerce")


def _said(table: intake.BulkTable, unread: Counter[str]) -> pd.DataFrame:
    """Return what is to be said of the file: how it was read, and what in it could not be."""
    own = sorted(set(table.names) & {f"geo_{name}" for name in _PLACED})
    replaced = "The file has a column of this name, which the new one takes the place of."
    number = "{n:,} cells are not plain numbers, such as 53.12345, and were not used."
    rows = [(0, name, "column_replaced", "note", replaced) for name in own]
    rows += [(0, name, "bad_number", "note", number.format(n=n)) for name, n in sorted(unread.items()) if n]
    more = schema.conform(pd.DataFrame(rows, columns=schema.PROBLEMS.names), schema.PROBLEMS)
    return pd.concat([table.problems, more], ignore_index=True) if rows else table.problems


class _Placing(NamedTuple):
    """What rows are placed with."""

    tables: geocode.ReferenceTables
    params: geocode.LocateParams
    aliases: pd.DataFrame
    agency: str


def _placed(chunk: pd.DataFrame, columns: Mapping[str, str], placing: _Placing) -> pd.DataFrame:
    """Return the chunk with what is known of each row's place."""
    texts = {
        ours: chunk[theirs].astype("str").where(chunk[theirs] != "", None) for ours, theirs in columns.items()
    }
    for name in set(texts) & set(schema.NUMBER_COLUMNS):
        texts[name] = _numbers(chunk[columns[name]])
    ids = pd.RangeIndex(len(chunk)).astype("str")
    frame = pd.DataFrame(texts, index=chunk.index).assign(
        record_id=ids, row=range(len(chunk)), agency=placing.agency
    )
    records = schema.conform(frame, schema.RECORDS)
    located = geocode.locate(records, placing.tables, params=placing.params)
    located.index = records.index
    located, _ = geocode.apply_aliases(records, located, placing.aliases, placing.tables.texts)
    out = chunk.map(guard_cell)
    out.columns = out.columns.map(guard_cell)
    out["geo_row"] = chunk.index
    for name in _PLACED:
        values = located[name].to_numpy()
        out[f"geo_{name}"] = values.round(_DECIMALS[name]) if name in _DECIMALS else values
    return out


def _fingerprint(path: Path, columns: Mapping[str, str], request: GeocodeRequest, gazetteers: str) -> str:
    """Return what must be the same for parts to be the same: the file, the columns, all that places it."""
    with path.open("rb") as file:
        source = hashlib.file_digest(file, "sha256").hexdigest()
    about = {
        "source": source,
        "columns": dict(columns),
        "rows": request.chunk_rows,
        "agency": request.agency,
        "gazetteers": gazetteers,
    }
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _parts_folder(out: Path, fingerprint: str) -> Path:
    if not out.absolute().parent.is_dir():
        message = "`--output`: the folder does not exist."
        raise UsageError(message)
    folder = out.with_name(f".{out.stem}.parts")
    about = folder / "fingerprint"
    if folder.exists() and not (about.exists() and about.read_text("utf-8") == fingerprint):
        shutil.rmtree(folder)
    folder.mkdir(exist_ok=True)
    about.write_text(fingerprint, "utf-8")
    return folder


def _join(parts: Path, out: Path) -> None:
    """Put the parts together; the file appears whole, and the parts go."""
    new = out.with_name(f".{out.name}.new")
    with new.open("wb") as target:
        target.write(b"\xef\xbb\xbf")
        for number, part in enumerate(sorted(parts.glob("part-*.csv"))):
            with part.open("rb") as source:
                if number:
                    source.readline()
                shutil.copyfileobj(source, target)
    new.replace(out)
    shutil.rmtree(parts)
