"""Any CSV of location texts, placed part by part: bounded memory, resumable, with a report of what was matched."""

from __future__ import annotations

import codecs
import hashlib
import json
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from cse_geo import geocode, schema, store
from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.outputs.guard import guard_cell
from cse_geo.pipeline.aliases import today
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.geocode_report import counted_words, missing_words, report_of
from cse_geo.pipeline.relocate import gazetteer_state, locate_params, reference_tables
from cse_geo.pipeline.sources import sources_of
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from cse_geo.safeguards import Session

# Our columns that say where, and what files call them besides our own name (folded).
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
    "place_type": ("location_type",),
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
        CSV file with a header.
    out
        CSV to write: the columns of the file, then `geo_...`. Parts already done of the same file with the
        same columns and gazetteers, in the folder beside it, are not done again.
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
    columns = _columns_of(path, request)
    enter(opened, session, Act("view", "consultation", "geocode_file"))
    tables, on = reference_tables(opened), today()
    aliases = store.load_aliases(opened, in_force_on=on)
    placing = _Placing(tables, locate_params(opened), aliases, request.agency or "file")
    state = gazetteer_state(opened, tables, on=on)
    parts = _parts_folder(out, _fingerprint(path, columns, request, state))
    done = 0
    for number, chunk in enumerate(_chunks(path, request.chunk_rows)):
        part = parts / f"part-{number:05d}.csv"
        if not part.exists():
            placed = _placed(chunk, columns, placing)
            new = part.with_suffix(".new")
            placed.to_csv(new, index=False)
            new.replace(part)
        done += len(chunk)
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
    )


def _columns_of(path: Path, request: GeocodeRequest) -> dict[str, str]:
    """Return our column -> the file's."""
    header = [str(c) for c in next(_chunks(path, 1, only_header=True)).columns]
    lost = [name for name in (*request.columns.values(), request.by) if name and name not in header]
    if lost:
        message = f"The file has no column {', '.join(lost)}."
        raise UsageError(message)
    by_name = {fold(column): column for column in reversed(header)}
    found = {}
    for ours, others in _NAMES.items():
        name = request.columns.get(ours) or next((by_name[n] for n in (ours, *others) if n in by_name), None)
        if name:
            found[ours] = name
    if not set(found) - {"place_type", "precision", "town"}:
        message = f"No column of {path.name} says where: name one with --text."
        raise InputRefusedError(message)
    return found


def _chunks(path: Path, rows: int, *, only_header: bool = False) -> Iterator[pd.DataFrame]:
    """Yield the file as text, some rows at a time."""
    given = {"dtype": "str", "encoding": _encoding_of(path), "keep_default_na": False}
    try:
        if only_header:
            yield pd.read_csv(path, nrows=0, **given)
            return
        with pd.read_csv(path, chunksize=rows, **given) as reader:
            for chunk in reader:
                # Where rows have a cell more than the header, pandas shifts every column by one and says nothing.
                if not isinstance(chunk.index, pd.RangeIndex):
                    raise pd.errors.ParserError  # noqa: TRY301
                yield chunk
    except pd.errors.ParserError:
        why = "a comma within a text needs quotes around it."
        message = f"{path.name} has a row with more cells than the header: {why}"
        raise InputRefusedError(message) from None
    except (ValueError, OSError):
        message = f"{path.name} cannot be read as CSV."
        raise InputRefusedError(message) from None


def _encoding_of(path: Path) -> str:
    """Return UTF-16 or UTF-8 where the whole file is that, else Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


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
        texts[name] = pd.to_numeric(texts[name], errors="coerce")
    ids = pd.RangeIndex(len(chunk)).astype("str")
    frame = pd.DataFrame(texts, index=chunk.index).assign(
        record_id=ids, row=range(len(chunk)), agency=placing.agency
    )
    records = schema.conform(frame, schema.RECORDS)
    located = geocode.locate(records, placing.tables, params=placing.params)
    located.index = records.index
    located, _ = geocode.apply_aliases(records, located, placing.aliases, placing.tables.texts)
    out = chunk.map(guard_cell)
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
