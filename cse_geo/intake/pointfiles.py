"""Files, folders and zips of points to open streams: nothing is unpacked to disk."""

from __future__ import annotations

import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.intake.codes import FileCode, problem, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    Source = AbstractContextManager[tuple[str, IO[bytes]]]

_KINDS = (".csv", ".parquet", ".zip")


@dataclass(frozen=True)
class PointLimits:
    """What point files may weigh."""

    block_bytes: int = 16_000_000  # one block of CSV in memory at a time
    max_zip_bytes: int = 20_000_000_000
    max_zip_ratio: int = 100
    max_zip_entries: int = 10_000

    def __post_init__(self) -> None:
        if min(vars(self).values()) < 1:
            message = "Every limit of `PointLimits` must be at least 1."
            raise ValueError(message)


@dataclass
class Sources:
    """The streams behind some paths, one at a time; `skipped` counts files left out."""

    paths: Sequence[Path]
    limits: PointLimits
    skipped: int = field(default=0, init=False)

    def __iter__(self) -> Iterator[Source]:
        """Yield each file as a context manager of (name, stream)."""
        yield from self._walk(self.paths)

    def _walk(self, paths: Sequence[Path]) -> Iterator[Source]:
        for path in paths:
            if path.is_dir():
                inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in _KINDS and p.is_file())
                yield from self._walk(self._street_files(inside))
            elif not path.is_file():
                message = "A path given for points does not exist. Check its spelling."
                raise UsageError(message)
            elif _is_zip(path):
                yield from self._zipped(path)
            else:
                yield _opened(path)

    def _zipped(self, path: Path) -> Iterator[Source]:
        try:
            archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, OSError) as fault:
            message = "The zip file is damaged. Fetch it again."
            raise InputRefusedError(message) from fault
        with archive:
            _weigh(archive, self.limits)
            members = sorted(name for name in archive.namelist() if name.lower().endswith(".csv"))
            for member in self._street_files([Path(name) for name in members]):
                yield _member(archive, member)

    def _street_files(self, paths: list[Path]) -> list[Path]:
        """Keep only street-level files where there are any: outcomes and stops lie beside them."""
        street = [path for path in paths if path.name.lower().endswith("-street.csv")]
        if not street:
            return paths
        self.skipped += len(paths) - len(street)
        return street


@contextmanager
def _opened(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with path.open("rb") as stream:
        yield path.name, stream


@contextmanager
def _member(archive: zipfile.ZipFile, member: Path) -> Iterator[tuple[str, IO[bytes]]]:
    try:
        with archive.open(member.as_posix()) as stream:
            yield member.name, stream
    except (zipfile.BadZipFile, RuntimeError, KeyError) as fault:  # damaged, or with a password
        message = "A file inside the zip cannot be opened. Unpack the zip and read the folder."
        raise InputRefusedError(message) from fault


def _weigh(archive: zipfile.ZipFile, limits: PointLimits) -> None:
    entries = archive.infolist()
    inflated = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if inflated > limits.max_zip_bytes or len(entries) > limits.max_zip_entries:
        refuse(problem(FileCode.BOMB))
    if inflated > limits.max_zip_ratio * packed:
        refuse(problem(FileCode.BOMB))


def _is_zip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04"
