"""What kind of file some bytes are, told from the bytes and never from a name; most kinds are refused."""

from __future__ import annotations

import io
import zipfile

from cse_geo.intake.codes import FileCode, problem, refuse

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MAGIC: tuple[tuple[bytes, FileCode], ...] = (
    (b"MZ", FileCode.PROGRAM),
    (b"\x7fELF", FileCode.PROGRAM),
    (b"#!", FileCode.PROGRAM),
    (b"\xca\xfe\xba\xbe", FileCode.PROGRAM),
    (b"\xcf\xfa\xed\xfe", FileCode.PROGRAM),
    (b"%PDF", FileCode.DOCUMENT),
    (b"{\\rtf", FileCode.DOCUMENT),
    (b"\x89PNG", FileCode.DOCUMENT),
    (b"\xff\xd8\xff", FileCode.DOCUMENT),
    (b"GIF8", FileCode.DOCUMENT),
    (b"SQLite format 3\0", FileCode.DATABASE),
    (b"PAR1", FileCode.DATABASE),
    (b"ARROW1", FileCode.DATABASE),
    (b"\x1f\x8b", FileCode.ZIP_FILE),
    (b"BZh", FileCode.ZIP_FILE),
    (b"\xfd7zXZ", FileCode.ZIP_FILE),
    (b"7z\xbc\xaf", FileCode.ZIP_FILE),
    (b"Rar!", FileCode.ZIP_FILE),
    (b"PK\x05\x06", FileCode.ZIP_FILE),
)
_ZIP_PARTS = (
    ("xl/workbook.bin", FileCode.BINARY_WORKBOOK),
    ("word/document.xml", FileCode.DOCUMENT),
    ("ppt/presentation.xml", FileCode.DOCUMENT),
    ("content.xml", FileCode.OTHER_SPREADSHEET),
)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def kind_of(data: bytes) -> str:
    """Return "csv", "xlsx" or "json".

    Raises
    ------
    InputRefusedError
        If the bytes are of any other kind, with the words for that kind.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        refuse(problem(FileCode.EMPTY_FILE))
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        refuse(problem(FileCode.LOCKED_WORKBOOK if locked else FileCode.OLD_WORKBOOK))
    for magic, code in _MAGIC:
        if data.startswith(magic):
            refuse(problem(code))
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_zip(data)
    return _kind_of_text(data)


def _kind_of_text(data: bytes) -> str:
    start = data[:400]
    for bom in _BOMS:
        start = start.removeprefix(bom)
    start = start.replace(b"\0", b"").lstrip()  # NULs: UTF-16 is looked at with the same eyes
    if start.startswith(b"<"):
        refuse(problem(FileCode.XML_FILE))
    return "json" if start.startswith((b"{", b"[")) else "csv"


def _kind_of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {entry.filename for entry in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
        refuse(problem(FileCode.DAMAGED_WORKBOOK))
    if "xl/workbook.xml" in names and "[Content_Types].xml" in names:
        return "xlsx"
    code = next((code for part, code in _ZIP_PARTS if part in names), FileCode.ZIP_FILE)
    return refuse(problem(code))
