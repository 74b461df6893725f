"""Two hundred hostile files: each class of attack of the catalogue, whole and with its variants, from a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.faults.test_bad_input import FILES

if TYPE_CHECKING:
    from collections.abc import Callable

SEED, N_FILES = 41, 200
# The classes of attack; files that are merely wrong are in `test_bad_input`.
KINDS = (
    "15",
    "38",
    "39",
    "40",
    "41",
    "42",
    "43",
    "44",
    "47 JSON nested",
    "47 JSON with",
    "47 JSON cut",
    "47 JSON of half",
    "a cell",
    "300",
)


def _trailing(data: bytes, rng: np.random.Generator) -> bytes:
    return data + rng.integers(0, 256, int(rng.integers(1, 4096)), dtype=np.uint8).tobytes()


def _cut(data: bytes, rng: np.random.Generator) -> bytes:
    return data[: max(3, int(len(data) * rng.uniform(0.6, 0.99)))]


def _flipped(data: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for at in rng.integers(0, len(changed), 6):
        changed[at] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _with_a_mark(data: bytes, rng: np.random.Generator) -> bytes:
    del rng
    return b"\xef\xbb\xbf" + data


_VARIANTS: tuple[Callable[[bytes, np.random.Generator], bytes], ...] = (
    _trailing,
    _cut,
    _flipped,
    _with_a_mark,
)


def _still_hostile(name: str, variant: object) -> bool:
    """Cutting may take the harm out of a long line, and a mark before a signature makes text of a program."""
    return not (variant is _cut and name.startswith(("15", "a cell", "300"))) and not (
        variant is _with_a_mark and name.startswith("41")
    )


def hostile_files() -> list[tuple[str, bytes]]:
    """Return name and bytes of two hundred files, always the same."""
    rng = np.random.default_rng(SEED)
    whole = [(case.name, case.make()) for case in FILES if case.name.startswith(KINDS)]
    made = list(whole)
    while len(made) < N_FILES:
        for name, data in whole:
            variant = _VARIANTS[int(rng.integers(len(_VARIANTS)))]
            if _still_hostile(name, variant):
                made.append((f"{name}, {variant.__name__.strip('_')}", variant(data, rng)))
    return made[:N_FILES]
