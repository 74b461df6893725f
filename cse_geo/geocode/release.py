"""What a reference file is: kind, vintage, licence, checksum; and the files inside a folder or an archive."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cse_geo.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

OGL = "Open Government Licence v3.0"
ODBL = "Open Database Licence (ODbL) 1.0"
_BT_LICENCE = "postcodes of Northern Ireland (BT) have a licence of their own"
_OS = "Contains OS data © Crown copyright and database right {year}."
_ROYAL_MAIL = "Contains Royal Mail data © Royal Mail copyright and database right {year}."
_ONS_DATA = "Contains National Statistics data © Crown copyright and database right {year}."
_ONS = "Source: Office for National Statistics licensed under the Open Government Licence v.3.0."
_CREDITS = {
    "codepoint": f"{_OS} {_ROYAL_MAIL} {_ONS_DATA}",
    "onspd": f"{_ONS} {_OS} {_ROYAL_MAIL}",
    "nspl": f"{_ONS} {_OS} {_ROYAL_MAIL}",
    "uprn": _OS,
    "opennames": _OS,
    "fhrs": "Contains public sector information licensed under the Open Government Licence v3.0 "
    "(Food Standards Agency).",
    "osm": "© OpenStreetMap contributors, Open Database Licence (ODbL) 1.0.",
    "roads": _OS,
    "addresses": "As stated by the publisher of the list.",
    "premises": "As stated by the publisher of the register.",
    "settlements": "As stated by the publisher of the list.",
}
TITLES = {
    "codepoint": "Code-Point Open",
    "onspd": "ONS Postcode Directory",
    "nspl": "National Statistics Postcode Lookup",
    "uprn": "OS Open UPRN",
    "opennames": "OS Open Names",
    "fhrs": "Food hygiene register",
    "osm": "OpenStreetMap",
    "roads": "OS Open Roads",
    "addresses": "List of addresses",
    "premises": "Register of premises",
    "settlements": "List of settlements",
}
_OWN = "as the publisher states"
_LICENCES = {"codepoint": OGL, "uprn": OGL, "opennames": OGL, "fhrs": OGL, "roads": OGL, "osm": ODBL,
             "addresses": _OWN, "premises": _OWN,
             "settlements": _OWN}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(rf"(?i)(?<![a-z])({'|'.join(_MONTHS)})[a-z]*[ _-](20\d\d)")
_FIGURES = re.compile(r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])(?:[-_]?\d\d)?(?!\d)")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Release:
    """One release of a reference file, as it was read.

    Parameters
    ----------
    kind
        A key of `TITLES`.
    vintage
        "2014-07" style where the file tells it, else "unknown".
    licence, attribution
        What must be said wherever the data are used.
    sha256
        Of the file; of a folder, of the checksums of its data files in the order of their names.
    rows
        Rows kept.
    notes
        What was left out or changed, with counts; never a value.
    """

    kind: str
    vintage: str
    licence: str
    attribution: str
    sha256: str
    rows: int
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return title and vintage, as provenance shows them."""
        return f"{TITLES[self.kind]} {self.vintage}"


@dataclass(frozen=True)
class Source:
    """A data file on disk, or a member of a zip archive."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """Return the file's own name."""
        return Path(self.member).name if self.member else self.path.name

    def open(self) -> IO[bytes]:
        """Open for reading bytes; the caller closes it."""
        if not self.member:
            return self.path.open("rb")
        archive = zipfile.ZipFile(self.path)
        return archive.open(self.member)


def release_of(kind: str, path: str | Path, *, rows: int, notes: tuple[str, ...] = ()) -> Release:
    """Return the release of a reference file, folder or archive."""
    sources = data_files(path)
    vintage = vintage_of(path)
    credit = _CREDITS[kind].format(year=vintage[:4] if vintage != "unknown" else "of the release")
    licence = _LICENCES.get(kind, f"{OGL}; {_BT_LICENCE}")
    return Release(kind, vintage, licence, credit, sha256_of(sources), rows, tuple(n for n in notes if n))


def data_files(path: str | Path) -> list[Source]:
    """Return the CSV files of a release in the order of their names.

    `path` may be one CSV file, a folder (searched to any depth, documents left out) or a zip archive.

    Raises
    ------
    InputRefusedError
        If there is no such file, or nothing in it that could be data.
    """
    path = Path(path)
    if path.is_dir():
        found = [Source(p) for p in path.rglob("*") if _is_data(p.relative_to(path).parts)]
    elif path.suffix.lower() == ".zip":
        found = [Source(path, m) for m in _members(path) if _is_data(Path(m).parts)]
    elif path.is_file():
        found = [Source(path)]
    else:
        raise InputRefusedError(f"There is no file or folder named {path.name}.")  # noqa: EM102, TRY003
    if not found:
        raise InputRefusedError(f"{path.name} holds no CSV data file.")  # noqa: EM102, TRY003
    return sorted(found, key=lambda source: (source.member, str(source.path)))


def vintage_of(path: str | Path) -> str:
    """Return the vintage told by the names ("ONSPD_NOV_2023") or by Code-Point's metadata, else "unknown"."""
    path = Path(path)
    texts = [path.name, *(source.name for source in data_files(path)), *_metadata(path)]
    for text in texts:
        match = re.search(
            r"(?i)(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ _-](20\d\d)", text
        )
        if match:
            return f"{match[2]}-{_MONTHS.index(match[1].lower()) + 1:02d}"
        match = re.search(r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])(?:[-_]?\d\d)?(?!\d)", text)
        if match:
            return f"{match[1]}-{match[2]}"
    return "unknown"


def sha256_of(sources: list[Source]) -> str:
    """Return the checksum of one file, or of the checksums of several."""
    sums = [_digest(source) for source in sources]
    return sums[0] if len(sums) == 1 else hashlib.sha256("".join(sums).encode()).hexdigest()


def _is_data(parts: tuple[str, ...]) -> bool:
    lower = [part.lower() for part in parts]
    # Code-Point's Doc folder and ONS's Documents and multi_csv (the same rows again) are not data.
    skipped = {"doc", "docs", "documents", "user guide", "multi_csv", "__macosx"}
    return lower[-1].endswith(".csv") and not skipped & set(lower[:-1]) and "header" not in lower[-1]


def _members(path: Path) -> list[str]:
    if not path.is_file():
        raise InputRefusedError(f"There is no file named {path.name}.")  # noqa: EM102, TRY003
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except zipfile.BadZipFile:
        raise InputRefusedError(f"{path.name} is not a zip archive, or a damaged one.") from None  # noqa: EM102, TRY003


def _metadata(path: Path) -> Iterator[str]:
    """Yield the copyright date in Code-Point's Doc/metadata.txt, where the folder or archive has it."""
    if path.is_dir():
        sources = [Source(p) for p in path.rglob("metadata.txt")]
    elif path.suffix.lower() == ".zip":
        sources = [Source(path, m) for m in _members(path) if m.lower().endswith("metadata.txt")]
    else:
        sources = []
    for source in sources:
        with source.open() as file:
            yield file.read(4_000).decode("latin-1")


def _digest(source: Source) -> str:
    sha = hashlib.sha256()
    with source.open() as file:
        while chunk := file.read(_CHUNK):
            sha.update(chunk)
    return sha.hexdigest()
