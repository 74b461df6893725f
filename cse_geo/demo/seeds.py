"""One random stream per duty, so that a change in one part of the region does not reshuffle the others."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def stream(seed: int, duty: str) -> np.random.Generator:
    """Return the random generator of one duty of one seed."""
    return np.random.default_rng([seed, crc32(duty.encode())])
