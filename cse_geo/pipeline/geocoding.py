"""Any CSV of location texts, placed part by part: bounded memory, resumable, with a report of what was matched."""

from __future__ import annotations

import codecs
import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import geocode, schema
from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.outputs.guard import guard_cell
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.relocate import locate_params, reference_tables
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from cse_geo import store
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
_REPORTED = {"status": "status", "level": "level", "evidence": "class", "reason": "reason"}
_MOST_VALUES = 50  # of areas or sources in the report; the rest are added up


@dataclass(frozen=True)
class GeocodeRequest:
    """Which columns say where, how many rows at a time, and a column to report by.

    Parameters
    ----------
    columns
        Our column -> the file's; those not named are found by their usual names.
    by
        A column of the file by which the report counts what was placed: agency, area, kind of source.
    chunk_rows
        Rows held in memory at a time.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    by: str | None = None
    chunk_rows: int = 20_000


@dataclass(frozen=True)
class GeocodeOutcome:
    """What became of a file: the report (dimension, value, n, share, placed, share_placed), and words."""

    report: pd.DataFrame
    words: str


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
    tables = reference_tables(opened)
    parts = _parts_folder(out, _fingerprint(path, columns, request, tables))
    params = locate_params(opened)
    done = 0
    for number, chunk in enumerate(_chunks(path, request.chunk_rows)):
        part = parts / f"part-{number:05d}.csv"
        if not part.exists():
            placed = _placed(chunk, columns, tables, params)
            new = part.with_suffix(".new")
            placed.to_csv(new, index=False)
            new.replace(part)
        done += len(chunk)
        progress(done)
    report = _report(parts, request.by)
    _join(parts, out)
    return GeocodeOutcome(report, _words(report, done))


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
            yield from reader
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


def _placed(
    chunk: pd.DataFrame,
    columns: Mapping[str, str],
    tables: geocode.ReferenceTables,
    params: geocode.LocateParams,
) -> pd.DataFrame:
    """Return the chunk with what is known of each row's place."""
    texts = {
        ours: chunk[theirs].astype("str").where(chunk[theirs] != "", None) for ours, theirs in columns.items()
    }
    for name in set(texts) & set(schema.NUMBER_COLUMNS):
        texts[name] = pd.to_numeric(texts[name], errors="coerce")
    ids = pd.RangeIndex(len(chunk)).astype("str")
    frame = pd.DataFrame(texts, index=chunk.index).assign(record_id=ids, row=range(len(chunk)), agency="file")
    located = geocode.locate(schema.conform(frame, schema.RECORDS), tables, params=params)
    out = chunk.map(guard_cell)
    for name in _PLACED:
        values = located[name].to_numpy()
        out[f"geo_{name}"] = values.round(_DECIMALS[name]) if name in _DECIMALS else values
    return out


def _fingerprint(
    path: Path, columns: Mapping[str, str], request: GeocodeRequest, tables: geocode.ReferenceTables
) -> str:
    """Return what must be the same for parts to be the same: the file, the columns, the gazetteers."""
    with path.open("rb") as file:
        source = hashlib.file_digest(file, "sha256").hexdigest()
    releases = [t.release for t in (tables.postcodes, tables.uprns, tables.texts) if t is not None]
    about = {
        "source": source,
        "columns": dict(columns),
        "rows": asdict(request)["chunk_rows"],
        "releases": releases,
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


def _report(parts: Path, by: str | None) -> pd.DataFrame:
    """Return counts by status, level, class, reason, source of the position, area and the named column."""
    counts: dict[tuple[str, str], list[int]] = {}
    for part in sorted(parts.glob("part-*.csv")):
        table = pd.read_csv(part, dtype="str", keep_default_na=False)
        placed = table["geo_status"].isin(["located", "polygon"])
        dimensions = {ours: table[f"geo_{column}"] for column, ours in _REPORTED.items()}
        dimensions["source"] = table["geo_provenance"].str.partition(";")[0]
        dimensions["area"] = table["geo_area_layer"] + " " + table["geo_area_code"]
        if by:
            dimensions[by] = table[by]
        for name, values in dimensions.items():
            for value, own in placed.groupby(values):
                pair = counts.setdefault((name, str(value).strip()), [0, 0])
                pair[0] += len(own)
                pair[1] += int(own.sum())
    rows = [(name, value or "(none)", n, hit) for (name, value), (n, hit) in counts.items()]
    frame = pd.DataFrame(rows, columns=["dimension", "value", "n", "placed"])
    frame["share"] = (frame["n"] / frame.groupby("dimension")["n"].transform("sum")).round(4)
    frame["share_placed"] = (frame["placed"] / frame["n"]).round(4)
    frame = frame.sort_values(["dimension", "n", "value"], ascending=[True, False, True], kind="stable")
    return frame.groupby("dimension").head(_MOST_VALUES).reset_index(drop=True)


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


def _words(report: pd.DataFrame, n: int) -> str:
    status = report[report["dimension"] == "status"].set_index("value")["n"]
    placed = int(status.get("located", 0) + status.get("polygon", 0))
    parts = [f"{n:,} rows: {placed:,} have a place of their own", f"{int(status.get('area', 0)):,} an area"]
    parts.append(f"{int(status.get('waiting', 0)):,} wait for a person")
    rest = n - placed - int(status.get("area", 0)) - int(status.get("waiting", 0))
    return f"{', '.join(parts)}; {rest:,} have none."
