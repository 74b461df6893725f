"""Shuffles by compiled code: the same for a seed on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def seeds_of(seed: int | list[int], n: int) -> NDArray[np.uint64]:
    """Return the seed of each of `n` shuffles."""
    return np.random.default_rng(seed).integers(2**64, size=n, dtype=np.uint64)


@njit(cache=True, nogil=True)
def shuffle_span(values: NDArray[np.floating], first: int, end: int, state: np.uint64) -> np.uint64:
    """Shuffle `values[first:end]` in place (Fisher and Yates) by SplitMix64 (Steele, Lea & Flood 2014).

    A position is drawn by Lemire's multiplication without its rejection step: a bias of n / 2^32 at most. Returns the
    state to go on with.
    """
    for i in range(end - 1, first, -1):
        state += np.uint64(0x9E3779B97F4A7C15)
        z = state
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        j = first + np.int64(((z >> np.uint64(32)) * np.uint64(i - first + 1)) >> np.uint64(32))
        values[i], values[j] = values[j], values[i]
    return state


@njit(cache=True, nogil=True)
def sums_by_label(
    values: NDArray[np.float64],
    labels: NDArray[np.int64],
    ends: NDArray[np.int64],
    n_labels: int,
    seeds: NDArray[np.uint64],
) -> NDArray[np.float64]:
    """Return what each label gets (shuffles x labels) when values are shuffled within the spans that end at `ends`."""
    out = np.zeros((len(seeds), n_labels))
    own = values.copy()
    for at in range(len(seeds)):
        state, first = seeds[at], 0
        for end in ends:
            state = shuffle_span(own, first, end, state)
            first = end
        for k in range(len(own)):
            out[at, labels[k]] += own[k]
    return out
