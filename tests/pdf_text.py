"""Every readable byte of a file that leaves: PDFs decompressed and turned back into letters, workbooks unzipped."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_CHAR = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4,})>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>")
_SHOWN = re.compile(rb"\((?:\\.|[^\\()])*\)|<([0-9A-Fa-f\s]*)>", re.DOTALL)


def text_of(content: bytes) -> str:
    """Return what can be read in a file, in every layer of it, and its raw bytes too."""
    if content.startswith(b"PK"):
        return _unzipped(content)
    if content.startswith(b"%PDF"):
        return _pdf(content)
    return content.decode("utf-8", "replace")


def _unzipped(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return " ".join(f"{name} {book.read(name).decode('utf-8', 'replace')}" for name in book.namelist())


def _pdf(content: bytes) -> str:
    streams = [_inflated(found.group(1)) for found in _STREAM.finditer(content)]
    maps = [found for found in map(_letters, streams) if found]
    shown = [stream for stream in streams if b"TJ" in stream or b"Tj" in stream]
    # Which font a line is set in is not followed: every line is read with every font's letters, and only the right
    # one gives words.
    words = [_read(stream, letters) for stream in shown for letters in maps]
    raw = [
        content.decode("latin-1"),
        *(stream.decode("latin-1") for stream in streams if stream not in shown),
    ]
    wide = [
        found.decode("utf-16-be", "replace")
        for s in [content, *streams]
        for found in re.findall(rb"\xfe\xff([^)]*)", s)
    ]
    return "\n".join([*words, *raw, *wide])


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data)
    except zlib.error:
        return data


def _letters(stream: bytes) -> dict[int, str]:
    """Return code -> letter of a ToUnicode map; empty for any other stream."""
    if b"begincmap" not in stream:
        return {}
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", stream, re.DOTALL):
        for code, letters in _CHAR.findall(block):
            found[int(code, 16)] = bytes.fromhex(letters.decode()).decode("utf-16-be", "replace")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", stream, re.DOTALL):
        for first, last, letter in _RANGE.findall(block):
            start = int(first, 16)
            found |= {c: chr(int(letter, 16) + c - start) for c in range(start, int(last, 16) + 1)}
    return found


def _read(stream: bytes, letters: dict[int, str]) -> str:
    said = []
    for found in _SHOWN.finditer(stream):
        if found.group(1) is not None:
            digits = re.sub(rb"\s", b"", found.group(1)).decode()
            data = bytes.fromhex(digits if len(digits) % 2 == 0 else digits + "0")
        else:
            data = _unescaped(found.group()[1:-1])
        codes = [int.from_bytes(data[k : k + 2], "big") for k in range(0, len(data) - 1, 2)]
        said.append("".join(letters.get(code, "\ufffd") for code in codes))
    return "".join(said)


def _unescaped(data: bytes) -> bytes:
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def one(found: re.Match[bytes]) -> bytes:
        escaped = found.group(1)
        return bytes([int(escaped, 8) & 255]) if escaped.isdigit() else plain.get(escaped, escaped)

    return re.sub(rb"\\([0-7]{1,3}|.)", one, data, flags=re.DOTALL)
